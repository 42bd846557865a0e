using System.Runtime.CompilerServices;
using System.Text.Json;
using Lodestream.Geometry;

namespace Lodestream.Formats.Manifest;

/// <summary>
/// A manifest's JSON to a <see cref="ManifestDocument"/>, some entries at a time: between calls nothing is kept but the JSON reader's
/// state. Properties come in any order, unknown ones are passed over. Without a path or bounds an entry is left out.
/// </summary>
internal sealed class ManifestParser
{
    private const int MaximumJsonDepth = 256;

    private readonly ReadOnlyMemory<byte> _json;
    private readonly ManifestDocument _document;
    private readonly ManifestEntryParser _entries;
    private JsonReaderState _state = new(new JsonReaderOptions { MaxDepth = MaximumJsonDepth });
    private int _consumed, _ordinal;
    private bool _opened, _inTiles, _tilesSeen, _versionSeen, _done;

    public ManifestParser(ReadOnlyMemory<byte> json, string uri)
    {
        (_json, _document, _consumed) = (json, new(uri, json), ByteOrderMark.LengthIn(json.Span));
        _entries = new(_document);
    }

    public ManifestDocument Document => _document;

    /// <summary>Reads entries until so many tokens' worth of them are read; true when the document is read or known to be broken.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool Step(int budget)
    {
        // What a token takes of the text, about: the reader does not count its own.
        const int bytesPerToken = 10;
        var reader = new Utf8JsonReader(_json.Span[_consumed..], isFinalBlock: true, _state);
        var until = (long)budget * bytesPerToken;
        try
        {
            if (!_opened)
                Open(ref reader);
            while (!_done && reader.BytesConsumed < until)
            {
                if (_inTiles)
                    ReadTile(ref reader);
                else
                    ReadProperty(ref reader);
            }
        }
        catch (JsonException e)
        {
            Fail($"{MessageText.ReasonOf(e)} (line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1} of it, offset {_consumed + reader.BytesConsumed}, in {Here()})");
        }
        catch (InvalidOperationException)
        {
            Fail($"a text in it is not Unicode (offset {_consumed + reader.BytesConsumed}, in {Here()})");
        }
        _state = reader.CurrentState;
        _consumed += (int)reader.BytesConsumed;
        return _done;
    }

    private string Here() => _inTiles ? $"tiles[{_ordinal}]" : "the manifest";

    private void Fail(string message)
    {
        _document.Error ??= $"{_document.Uri}: {message}";
        _done = true;
    }

    private void Open(ref Utf8JsonReader reader)
    {
        _opened = true;
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            Fail("is no JSON object, and so no manifest");
    }

    private void ReadProperty(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.PropertyName)
        {
            // The object's end; whatever follows it is an error that the reader throws.
            reader.Read();
            Complete();
            return;
        }
        var name = ManifestValues.Name(ref reader);
        reader.Read();
        if (name.SequenceEqual("version"u8))
            ReadVersion(ref reader);
        else if (name.SequenceEqual("partitioning_mode"u8))
            _document.PartitioningMode = reader.TokenType == JsonTokenType.String ? reader.GetString() : Passed(ref reader, "partitioning_mode", "a text");
        else if (name.SequenceEqual("streaming_defaults"u8))
            ReadDefaults(ref reader);
        else if (name.SequenceEqual("tiles"u8))
            OpenTiles(ref reader);
        else if (name.SequenceEqual("shared_bucket"u8))
            ReadShared(ref reader);
        else if (name.SequenceEqual("tile_size"u8))
            ReadTileSize(ref reader);
        else if (name.SequenceEqual("interior_zone"u8))
            _document.InteriorZone = ReadZone(ref reader);
        else
            reader.Skip();
    }

    private void Complete()
    {
        _done = true;
        if (!_versionSeen)
            Fail("has no version: a manifest's is 3 or 4");
        else if (!_tilesSeen)
            Fail("has no tiles");
    }

    private void ReadVersion(ref Utf8JsonReader reader)
    {
        _versionSeen = true;
        if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt32(out var version))
        {
            Fail($"has a version that is no whole number (offset {At(ref reader)})");
            return;
        }
        _document.Version = version;
        if (version is 3 or 4)
            return;
        Fail($"not supported yet: manifests of version {version}; 3 and 4 are read (offset {At(ref reader)})");
        _document.IsUnsupported = true;
    }

    private void ReadDefaults(ref Utf8JsonReader reader)
    {
        if (!IsObject(ref reader, "streaming_defaults"))
            return;
        _entries.ReadDefaults(ref reader);
        _document.Defaults = _entries.Entry;
    }

    private void OpenTiles(ref Utf8JsonReader reader)
    {
        if (_tilesSeen)
            Fail($"has two properties \"tiles\" (offset {At(ref reader)})");
        else if (reader.TokenType != JsonTokenType.StartArray)
            Fail($"has tiles that are no array (offset {At(ref reader)})");
        _tilesSeen = _inTiles = true;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ReadTile(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.EndArray)
        {
            _inTiles = false;
            return;
        }
        if (_entries.Read(ref reader, _ordinal, _consumed))
            _document.Entries.Add(_entries.Entry);
        _ordinal++;
    }

    private void ReadShared(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Null)
            return;
        if (_entries.Read(ref reader, WrittenEntry.SharedBucket, _consumed))
            _document.Shared = _entries.Entry;
    }

    private void ReadTileSize(ref Utf8JsonReader reader)
    {
        if (!IsObject(ref reader, "tile_size"))
            return;
        double x = double.NaN, y = double.NaN, z = double.NaN;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = ManifestValues.Name(ref reader);
            reader.Read();
            if (name.SequenceEqual("x"u8))
                x = ManifestValues.Number(ref reader);
            else if (name.SequenceEqual("y"u8))
                y = ManifestValues.Number(ref reader);
            else if (name.SequenceEqual("z"u8))
                z = ManifestValues.Number(ref reader);
            else
                reader.Skip();
        }
        if (x > 0 && y > 0 && z > 0 && new Vector3d(x, y, z).IsFinite)
            _document.TileSize = new(x, y, z);
        else
            _document.Warn("tile_size", "is not three sizes x, y and z above 0; it is taken as unknown");
    }

    private (Vector3d Min, Vector3d Max)? ReadZone(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Null)
            return null;
        var zone = ManifestValues.Box(ref reader);
        if (zone is null)
            _document.Warn("interior_zone", "is not a min and a max of three finite numbers, min below max; the union of the ExteriorShell tiles is taken");
        return zone;
    }

    private bool IsObject(ref Utf8JsonReader reader, string path)
    {
        if (reader.TokenType == JsonTokenType.StartObject)
            return true;
        if (reader.TokenType != JsonTokenType.Null)
            Passed(ref reader, path, "an object");
        return false;
    }

    private string? Passed(ref Utf8JsonReader reader, string path, string expected)
    {
        if (reader.TokenType != JsonTokenType.Null)
            _document.Warn(path, $"is not {expected}; it is ignored");
        reader.Skip();
        return null;
    }

    private long At(ref Utf8JsonReader reader) => _consumed + reader.TokenStartIndex;
}
