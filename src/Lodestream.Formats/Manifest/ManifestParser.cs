using System.Runtime.CompilerServices;
using System.Text.Json;
using Lodestream.Formats.Tiles3D;
using Lodestream.Geometry;
using Lodestream.Scene;

namespace Lodestream.Formats.Manifest;

/// <summary>
/// A manifest's JSON to a <see cref="ManifestDocument"/>, some entries at a time: between calls nothing is kept but the JSON reader's
/// state. Properties come in any order, unknown ones are passed over. What cannot be used of an entry leaves a warning, and without a
/// path or bounds the entry is left out.
/// </summary>
internal sealed class ManifestParser
{
    private const int MaximumJsonDepth = 256;

    private readonly ReadOnlyMemory<byte> _json;
    private readonly ManifestDocument _document;
    private JsonReaderState _state = new(new JsonReaderOptions { MaxDepth = MaximumJsonDepth });
    private int _consumed, _ordinal;
    private bool _opened, _inTiles, _tilesSeen, _versionSeen, _done;

    // The entry that is being read: what a warning inside it names, and whether it is of use so far.
    private WrittenEntry _entry;
    private string? _broken;

    public ManifestParser(ReadOnlyMemory<byte> json, string uri)
    {
        ReadOnlySpan<byte> byteOrderMark = [0xef, 0xbb, 0xbf];
        (_json, _document) = (json, new(uri, json));
        if (json.Span.StartsWith(byteOrderMark))
            _consumed = byteOrderMark.Length;
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
        var name = NameOf(ref reader);
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
        const string path = "streaming_defaults";
        if (!IsObject(ref reader, path))
            return;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = NameOf(ref reader);
            reader.Read();
            if (name.SequenceEqual("streaming_radius"u8))
                _document.StreamingRadius = Distance(ref reader, path, "streaming_radius");
            else if (name.SequenceEqual("unload_radius"u8))
                _document.UnloadRadius = Distance(ref reader, path, "unload_radius");
            else if (name.SequenceEqual("prefetch_radius"u8))
                _document.PrefetchRadius = Distance(ref reader, path, "prefetch_radius");
            else if (name.SequenceEqual("priority"u8))
                _document.Priority = Whole(ref reader, path, "priority") ?? 0;
            else
                reader.Skip();
        }
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
        if (ReadEntry(ref reader, _ordinal))
            _document.Entries.Add(_entry);
        _ordinal++;
    }

    private void ReadShared(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Null)
            return;
        if (ReadEntry(ref reader, -1))
            _document.Shared = _entry;
    }

    // A manifest is read once: without these most of a large one would be read by unoptimised code.
    // Whether the entry is of use; a bucket's bounds may be missing.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool ReadEntry(ref Utf8JsonReader reader, int ordinal)
    {
        _entry = new() { Ordinal = ordinal, StreamingRadius = double.NaN, UnloadRadius = double.NaN, PrefetchRadius = double.NaN };
        _broken = null;
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            _document.Warn(_entry, "is no object; the entry is skipped");
            reader.Skip();
            return false;
        }
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = NameOf(ref reader);
            reader.Read();
            ReadEntryProperty(ref reader, name);
        }
        if (_entry.Path.Length == 0)
            _broken ??= "has no path_relative_to_manifest";
        else if (!_entry.HasBounds && ordinal >= 0)
            _broken ??= "has no bounds";
        if (_broken is not null)
            _document.Warn(_entry, $"{_broken}; the entry is skipped");
        return _broken is null;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ReadEntryProperty(ref Utf8JsonReader reader, scoped ReadOnlySpan<byte> name)
    {
        switch (name.Length)
        {
            case 6 when name.SequenceEqual("bounds"u8):
                ReadBounds(ref reader);
                break;
            case 6 when name.SequenceEqual("center"u8):
                if (TryVector(ref reader, out var center))
                    (_entry.Center, _entry.HasCenter) = (center, true);
                else
                    _document.Warn(_entry, "has a center that is not three finite numbers; the middle of its bounds is taken");
                break;
            case 7 when name.SequenceEqual("tile_id"u8):
                _entry.Id = Text(ref reader);
                break;
            case 8 when name.SequenceEqual("priority"u8):
                _entry.Priority = EntryWhole(ref reader, "priority");
                break;
            case 8 when name.SequenceEqual("floor_id"u8):
                _entry.Floor = EntryWhole(ref reader, "floor_id");
                break;
            case 8 when name.SequenceEqual("interior"u8):
                _entry.IsInterior = reader.TokenType == JsonTokenType.True;
                if (reader.TokenType is not (JsonTokenType.True or JsonTokenType.False or JsonTokenType.Null))
                    PassedOfEntry(ref reader, "interior", "true or false");
                break;
            case 10 when name.SequenceEqual("lod_levels"u8):
                (_entry.FirstLod, _entry.Lods) = ReadLevels(ref reader, "lod_levels");
                break;
            case 11 when name.SequenceEqual("hlod_levels"u8):
                (_entry.FirstHlod, _entry.Hlods) = ReadLevels(ref reader, "hlod_levels");
                break;
            case 13 when name.SequenceEqual("unload_radius"u8):
                _entry.UnloadRadius = EntryDistance(ref reader, "unload_radius");
                break;
            case 13 when name.SequenceEqual("semantic_tier"u8):
                ReadTier(ref reader);
                break;
            case 15 when name.SequenceEqual("prefetch_radius"u8):
                _entry.PrefetchRadius = EntryDistance(ref reader, "prefetch_radius");
                break;
            case 15 when name.SequenceEqual("file_size_bytes"u8):
                ReadFileBytes(ref reader);
                break;
            case 16 when name.SequenceEqual("streaming_radius"u8):
                _entry.StreamingRadius = EntryDistance(ref reader, "streaming_radius");
                break;
            case 16 when name.SequenceEqual("quadtree_node_id"u8):
                _entry.Node = Text(ref reader);
                break;
            case 25 when name.SequenceEqual("path_relative_to_manifest"u8):
                _entry.Path = Path(ref reader, out var problem);
                if (problem is not null)
                    _broken ??= $"has a path_relative_to_manifest that {problem}";
                break;
            default:
                reader.Skip();
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ReadBounds(ref Utf8JsonReader reader)
    {
        if (ReadBox(ref reader) is not var (min, max))
            _broken ??= "has bounds that are not a min and a max of three finite numbers, min below max";
        else
            (_entry.Min, _entry.Max, _entry.HasBounds) = (min, max, true);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private (int First, int Count) ReadLevels(ref Utf8JsonReader reader, string list)
    {
        var first = _document.Levels.Count;
        if (reader.TokenType == JsonTokenType.Null)
            return (first, 0);
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            PassedOfEntry(ref reader, list, "an array");
            return (first, 0);
        }
        for (var i = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; i++)
        {
            if (ReadLevel(ref reader, out var level) is { } problem)
                _document.Warn(_entry, $"{list}[{i}] {problem}; the level is skipped");
            else
                _document.Levels.Add(level);
        }
        return (first, _document.Levels.Count - first);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private string? ReadLevel(ref Utf8JsonReader reader, out WrittenLevel level)
    {
        level = default;
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return "is no object";
        }
        var (path, distance, problem) = (default(WrittenText), double.NaN, default(string));
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = NameOf(ref reader);
            reader.Read();
            if (name.SequenceEqual("path"u8))
            {
                path = Path(ref reader, out var wrong);
                if (wrong is not null)
                    problem ??= $"has a path that {wrong}";
            }
            else if (name.SequenceEqual("switch_distance"u8))
                distance = Number(ref reader);
            else
                reader.Skip();
        }
        level = new(path, distance);
        return problem ?? (path.Length == 0 ? "has no path" : distance is > 0 && double.IsFinite(distance) ? null : "has no switch_distance above 0");
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ReadTier(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Null)
            return;
        if (reader.TokenType != JsonTokenType.String)
        {
            PassedOfEntry(ref reader, "semantic_tier", "a text");
            return;
        }
        _entry.Tier = reader.ValueTextEquals("ExteriorShell"u8) ? SemanticTier.ExteriorShell
            : reader.ValueTextEquals("StructuralInterior"u8) ? SemanticTier.StructuralInterior
            : reader.ValueTextEquals("RoomContents"u8) ? SemanticTier.RoomContents
            : reader.ValueTextEquals("FineProps"u8) ? SemanticTier.FineProps
            : SemanticTier.None;
        if (_entry.Tier == SemanticTier.None)
            _document.Warn(_entry, $"has the semantic_tier {MessageText.Quoted(reader.GetString())}, which is not known; none is taken");
    }

    private void ReadFileBytes(ref Utf8JsonReader reader)
    {
        var bytes = Number(ref reader);
        if (bytes is >= 0 and <= 9e15)
            _entry.FileBytes = (long)bytes;
        else
            _document.Warn(_entry, "has a file_size_bytes that is no length; it is taken as unknown");
    }

    private void ReadTileSize(ref Utf8JsonReader reader)
    {
        if (!IsObject(ref reader, "tile_size"))
            return;
        double x = double.NaN, y = double.NaN, z = double.NaN;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = NameOf(ref reader);
            reader.Read();
            if (name.SequenceEqual("x"u8))
                x = Number(ref reader);
            else if (name.SequenceEqual("y"u8))
                y = Number(ref reader);
            else if (name.SequenceEqual("z"u8))
                z = Number(ref reader);
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
        var zone = ReadBox(ref reader);
        if (zone is null)
            _document.Warn("interior_zone", "is not a min and a max of three finite numbers, min below max; the union of the ExteriorShell tiles is taken");
        return zone;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (Vector3d Min, Vector3d Max)? ReadBox(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return null;
        }
        bool hasMin = false, hasMax = false;
        Vector3d min = default, max = default;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = NameOf(ref reader);
            reader.Read();
            if (name.SequenceEqual("min"u8))
                hasMin = TryVector(ref reader, out min);
            else if (name.SequenceEqual("max"u8))
                hasMax = TryVector(ref reader, out max);
            else
                reader.Skip();
        }
        return hasMin && hasMax && min.X <= max.X && min.Y <= max.Y && min.Z <= max.Z && (max - min).IsFinite ? (min, max) : null;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool TryVector(ref Utf8JsonReader reader, out Vector3d vector)
    {
        vector = default;
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return false;
        }
        Span<double> numbers = stackalloc double[3];
        var count = 0;
        for (; reader.Read() && reader.TokenType != JsonTokenType.EndArray; count++)
        {
            var number = Number(ref reader);
            if (count < 3)
                numbers[count] = number;
        }
        vector = new(numbers[0], numbers[1], numbers[2]);
        return count == 3 && vector.IsFinite;
    }

    // NaN for what is no number; stands at the value's last token.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Number(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Number)
            return JsonNumber.Parse(reader.ValueSpan);
        reader.Skip();
        return double.NaN;
    }

    private double Distance(ref Utf8JsonReader reader, string path, string property)
    {
        if (reader.TokenType == JsonTokenType.Null)
            return double.NaN;
        var distance = Number(ref reader);
        if (distance >= 0 && double.IsFinite(distance))
            return distance;
        _document.Warn(path, $"has a {property} that is no distance; it is ignored");
        return double.NaN;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private double EntryDistance(ref Utf8JsonReader reader, string property)
    {
        if (reader.TokenType == JsonTokenType.Null)
            return double.NaN;
        var distance = Number(ref reader);
        if (distance >= 0 && double.IsFinite(distance))
            return distance;
        _document.Warn(_entry, $"has a {property} that is no distance; it is ignored");
        return double.NaN;
    }

    private int? Whole(ref Utf8JsonReader reader, string path, string property)
    {
        if (TryWhole(ref reader, out var whole))
            return whole;
        _document.Warn(path, $"has a {property} that is no whole number; it is ignored");
        return null;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int? EntryWhole(ref Utf8JsonReader reader, string property)
    {
        if (TryWhole(ref reader, out var whole))
            return whole;
        _document.Warn(_entry, $"has a {property} that is no whole number; it is ignored");
        return null;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool TryWhole(ref Utf8JsonReader reader, out int? whole)
    {
        whole = null;
        if (reader.TokenType == JsonTokenType.Null)
            return true;
        var number = Number(ref reader);
        if (!(Math.Abs(number) < int.MaxValue) || number != Math.Floor(number))
            return false;
        whole = (int)number;
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private WrittenText Path(ref Utf8JsonReader reader, out string? problem)
    {
        problem = reader.TokenType != JsonTokenType.String ? "is no text" : null;
        var path = Text(ref reader);
        if (problem is not null)
            return path;
        if (path.Length > MessageText.LongestUri)
            problem = $"is {path.Length} bytes long; {MessageText.LongestUri} at most are read";
        else if (ContentKinds.FormatOf(_document.TextOf(path)) == ContentFormat.Tileset)
            problem = "names a JSON document, not a payload";
        return path;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private WrittenText Text(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.String)
        {
            reader.Skip();
            return default;
        }
        if (!reader.ValueIsEscaped)
            return new(_consumed + (int)reader.TokenStartIndex + 1, reader.ValueSpan.Length, false);
        var text = new byte[reader.ValueSpan.Length];
        return _document.KeepUnescaped(text.AsSpan(0, reader.CopyString(text)));
    }

    // A name is compared as it is written: none of those that are known needs escapes.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static ReadOnlySpan<byte> NameOf(ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
            return reader.ValueSpan;
        var name = new byte[reader.ValueSpan.Length];
        return name.AsSpan(0, reader.CopyString(name));
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

    private void PassedOfEntry(ref Utf8JsonReader reader, string property, string expected)
    {
        _document.Warn(_entry, $"has a {property} that is not {expected}; it is ignored");
        reader.Skip();
    }

    private long At(ref Utf8JsonReader reader) => _consumed + reader.TokenStartIndex;
}
