using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Lodestream.Geometry;
using Lodestream.Scene;

namespace Lodestream.Formats.Tiles3D;

/// <summary>
/// JSON tokens to a <see cref="TilesetDocument"/>, as many at a time as the caller asks for: its own stack instead of recursion, and
/// between calls nothing but the reader's state. Properties come in any order.
/// </summary>
internal sealed partial class TilesetParser
{
    // Containers within containers, in tiles and in what is skipped.
    private const int MaximumJsonDepth = 4 * TilesetReader.MaximumDepth;

    private const int NotSkipping = -1;

    private readonly ReadOnlyMemory<byte> _json;
    private readonly IReadOnlyList<TilesetDialect> _dialects;
    private readonly TilesetDocument _document;
    private Frame[] _frames = new Frame[64];
    private int _depth;
    private TilesetProperty _property;
    private int _skipTo = NotSkipping;
    private int _consumed;
    private JsonReaderState _state = new(new JsonReaderOptions { MaxDepth = MaximumJsonDepth });
    private WrittenContent _content;
    private bool _assetSeen, _done;

    private struct Frame
    {
        public TilesetContext Context;
        public int Tile, Count;
    }

    public TilesetParser(ReadOnlyMemory<byte> json, string uri, IReadOnlyList<TilesetDialect> dialects)
    {
        (_json, _dialects, _consumed) = (json, dialects, ByteOrderMark.LengthIn(json.Span));
        _document = new(uri, json);
        if (json.Span.StartsWith("subt"u8))
            Fail("is a subtree and no tileset: only an implicit tiling names subtrees");
    }

    public TilesetDocument Document => _document;

    /// <summary>Reads up to a number of tokens; true when the document is read or known to be broken.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool Step(int tokens)
    {
        if (_done)
            return true;
        var reader = new Utf8JsonReader(_json.Span[_consumed..], isFinalBlock: true, _state);
        try
        {
            while (tokens-- > 0 && !_done)
            {
                if (reader.Read())
                    Take(ref reader);
                else
                    Complete();
            }
        }
        catch (JsonException e)
        {
            Fail($"{MessageOf(e)} (line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1} of it, offset {_consumed + reader.BytesConsumed}, in {Here()})");
        }
        _state = reader.CurrentState;
        _consumed += (int)reader.BytesConsumed;
        return _done;
    }

    // A document is read once: without this most of a large one is read by unoptimised code.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Take(ref Utf8JsonReader reader)
    {
        if (_skipTo != NotSkipping)
        {
            if (reader.CurrentDepth == _skipTo && reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray)
                _skipTo = NotSkipping;
            return;
        }
        switch (reader.TokenType)
        {
            case JsonTokenType.PropertyName:
                _property = TilesetNames.Find(_frames[_depth - 1].Context, reader.ValueIsEscaped ? Unescape(ref reader) : reader.ValueSpan);
                break;
            case JsonTokenType.StartObject:
                OpenObject(ref reader);
                break;
            case JsonTokenType.StartArray:
                OpenArray(ref reader);
                break;
            case JsonTokenType.EndObject:
            case JsonTokenType.EndArray:
                Close();
                break;
            default:
                TakeValue(ref reader);
                break;
        }
    }

    private void OpenObject(ref Utf8JsonReader reader)
    {
        if (_depth == 0)
        {
            Push(TilesetContext.Document, -1);
            return;
        }
        ref var frame = ref _frames[_depth - 1];
        switch (frame.Context)
        {
            case TilesetContext.Children:
                OpenTile(ref reader, frame.Tile, frame.Count++);
                break;
            case TilesetContext.Contents:
                OpenContent(frame.Tile);
                break;
            case TilesetContext.Groups:
                _document.Groups.Add(ContentFamily.Mesh);
                _document.GroupPlaces.Add(PlaceOf(ref reader));
                _document.HasMetadata = true;
                Push(TilesetContext.Group, -1);
                break;
            default:
                OpenNamedObject(ref reader, frame);
                break;
        }
    }

    private void OpenNamedObject(ref Utf8JsonReader reader, in Frame frame)
    {
        switch (frame.Context, _property)
        {
            case (TilesetContext.Document, TilesetProperty.Asset):
                _assetSeen = true;
                Push(TilesetContext.Asset, -1);
                break;
            case (TilesetContext.Document, TilesetProperty.Root):
                if (_document.Tiles.Count > 0)
                    Fail("has two properties \"root\"");
                else
                    OpenTile(ref reader, -1, 0);
                break;
            case (TilesetContext.Tile, TilesetProperty.BoundingVolume):
                Push(TilesetContext.Volume, frame.Tile);
                break;
            case (TilesetContext.Tile, TilesetProperty.ViewerRequestVolume):
                _document.TileSpan[frame.Tile].RequestVolume = _document.RequestVolumes.Count;
                _document.RequestVolumes.Add(default);
                Push(TilesetContext.RequestVolume, frame.Tile);
                break;
            case (TilesetContext.Tile, TilesetProperty.Content):
                OpenContent(frame.Tile);
                break;
            case (TilesetContext.Tile or TilesetContext.TileExtensions, TilesetProperty.ImplicitTiling):
                _document.Implicits.Add(default);
                _document.TileSpan[frame.Tile].ImplicitNumber = _document.Implicits.Count;
                Push(TilesetContext.ImplicitTiling, frame.Tile);
                break;
            case (TilesetContext.Tile, TilesetProperty.Extensions):
                Push(TilesetContext.TileExtensions, frame.Tile);
                break;
            case (TilesetContext.TileExtensions, TilesetProperty.MultipleContents):
                Push(TilesetContext.MultipleContents, frame.Tile);
                break;
            case (TilesetContext.Volume, TilesetProperty.Extensions):
                Push(TilesetContext.VolumeExtensions, frame.Tile);
                break;
            case (TilesetContext.VolumeExtensions, TilesetProperty.S2Cell):
                _document.TileSpan[frame.Tile].IsS2 = true;
                Skip(ref reader);
                break;
            case (TilesetContext.Content, TilesetProperty.BoundingVolume):
                _document.ContentVolumes.Add(default);
                _content.VolumeNumber = _document.ContentVolumes.Count;
                Push(TilesetContext.ContentVolume, frame.Tile);
                break;
            case (_, TilesetProperty.Metadata or TilesetProperty.Schema or TilesetProperty.Statistics):
                KeepMetadata(ref reader, frame);
                break;
            case (TilesetContext.ImplicitTiling, TilesetProperty.Subtrees):
                Push(TilesetContext.Subtrees, frame.Tile);
                break;
            case (TilesetContext.Group, TilesetProperty.Properties):
                Push(TilesetContext.GroupProperties, -1);
                break;
            default:
                Skip(ref reader);
                break;
        }
    }

    private void OpenArray(ref Utf8JsonReader reader)
    {
        if (_depth == 0)
        {
            Fail("is a JSON array; a tileset is an object");
            return;
        }
        var frame = _frames[_depth - 1];
        switch (frame.Context, _property)
        {
            case (TilesetContext.Tile, TilesetProperty.Children):
                Push(TilesetContext.Children, frame.Tile);
                _frames[_depth - 1].Count = _document.TileSpan[frame.Tile].ChildCount;
                break;
            case (TilesetContext.Tile or TilesetContext.MultipleContents, TilesetProperty.Contents):
                Push(TilesetContext.Contents, frame.Tile);
                break;
            case (TilesetContext.Document, TilesetProperty.Groups):
                Push(TilesetContext.Groups, -1);
                break;
            case (TilesetContext.Tile, TilesetProperty.Transform):
                ReadTransform(ref reader, frame.Tile);
                break;
            case (TilesetContext.Volume, TilesetProperty.Box or TilesetProperty.Sphere or TilesetProperty.Region):
                ReadVolume(ref reader, frame.Tile, "boundingVolume", ref _document.TileSpan[frame.Tile].Volume);
                break;
            case (TilesetContext.RequestVolume, TilesetProperty.Box or TilesetProperty.Sphere or TilesetProperty.Region):
                ReadVolume(ref reader, frame.Tile, "viewerRequestVolume",
                    ref CollectionsMarshal.AsSpan(_document.RequestVolumes)[^1]);
                break;
            case (TilesetContext.ContentVolume, TilesetProperty.Box or TilesetProperty.Sphere or TilesetProperty.Region):
                ReadVolume(ref reader, frame.Tile, "a content's boundingVolume",
                    ref CollectionsMarshal.AsSpan(_document.ContentVolumes)[^1]);
                break;
            default:
                if (frame.Context == TilesetContext.Children)
                    WarnOfChild();
                Skip(ref reader);
                break;
        }
    }

    private void WarnOfChild()
    {
        ref var frame = ref _frames[_depth - 1];
        _document.Warn(frame.Tile, $"children[{frame.Count++}] is not an object and is skipped");
    }

    private void OpenTile(ref Utf8JsonReader reader, int parent, int ordinal)
    {
        var tile = _document.Tiles.Count;
        var depth = parent < 0 ? 0 : _document.Tiles[parent].Depth + 1;
        if (parent >= 0)
            _document.TileSpan[parent].ChildCount = ordinal + 1;
        if (depth >= TilesetReader.MaximumDepth)
        {
            _document.Warn(parent, $"children[{ordinal}] is more than {TilesetReader.MaximumDepth} tiles deep and is skipped with everything beneath it");
            Skip(ref reader);
            return;
        }
        _document.Tiles.Add(new()
        {
            Parent = parent,
            Ordinal = ordinal,
            GeometricError = double.NaN,
            LocalTransform = -1,
            RequestVolume = -1,
            FirstContent = -1,
            LastContent = -1,
            Depth = (short)depth,
            Refine = WrittenTile.InheritRefinement,
        });
        Push(TilesetContext.Tile, tile);
    }

    private void OpenContent(int tile)
    {
        _content = new() { Group = -1, Next = -1 };
        Push(TilesetContext.Content, tile);
    }

    private void Close()
    {
        var frame = _frames[--_depth];
        switch (frame.Context)
        {
            case TilesetContext.Content:
                CloseContent(frame.Tile);
                break;
            case TilesetContext.Tile:
                CloseTile(frame.Tile);
                break;
            case TilesetContext.ImplicitTiling when FaultOf(_document.Implicits[^1]) is { } fault:
                BreakTile(frame.Tile, $"implicitTiling {fault}");
                break;
            case TilesetContext.Asset when _document.Dialect is null:
                Fail("asset names no version");
                break;
        }
    }

    private void CloseTile(int tile)
    {
        ref var written = ref _document.TileSpan[tile];
        if (written.Volume.Kind == VolumeKind.None)
            BreakTile(tile, written.IsS2 ? "has a boundingVolume of 3DTILES_bounding_volume_S2, which is not supported yet" : "has no boundingVolume of box, sphere or region");
        else if (written.Volume.Kind == VolumeKind.Invalid)
            written.Broken = true;

        // Whose warning is only counted needs no place either: "{}" is three bytes and would stand as two hundred.
        if (_document.TileSpan[tile].Broken && tile > 0 && tile == _document.Tiles.Count - 1 && _document.WarningCount > TilesetReader.MaximumWarnings)
            _document.Tiles.RemoveAt(tile);
    }

    private void CloseContent(int tile)
    {
        if (_content.UriLength == 0)
        {
            _document.Warn(tile, "a content has no uri and is skipped");
            return;
        }
        NameRootOfArchive();
        if (_content.UriLength > ushort.MaxValue || !Utf8.IsValid(_document.UriOf(_content)))
        {
            _document.Warn(tile, "a content's uri is longer than 65,535 bytes or not UTF-8; the content is skipped");
            return;
        }
        var number = _document.Contents.Count;
        _document.Contents.Add(_content);
        ref var written = ref _document.TileSpan[tile];
        if (written.LastContent < 0)
            written.FirstContent = number;
        else
            CollectionsMarshal.AsSpan(_document.Contents)[written.LastContent].Next = number;
        written.LastContent = number;
    }

    private void Complete()
    {
        if (!_assetSeen)
            Fail("has no property \"asset\": it is not a tileset");
        else if (_document.Tiles.Count == 0)
            Fail("has no property \"root\"");
        _done = true;
    }

    private void Skip(ref Utf8JsonReader reader) => _skipTo = reader.CurrentDepth;

    // Of the token that was read last, in the document's bytes.
    private int PlaceOf(ref Utf8JsonReader reader) => _consumed + (int)reader.TokenStartIndex;

    // Metadata is read when somebody asks for it.
    private void KeepMetadata(ref Utf8JsonReader reader, in Frame frame)
    {
        _document.HasMetadata = true;
        switch (frame.Context, _property)
        {
            case (TilesetContext.Document, TilesetProperty.Schema):
                _document.SchemaAt = PlaceOf(ref reader);
                break;
            case (TilesetContext.Document, TilesetProperty.Statistics):
                _document.StatisticsAt = PlaceOf(ref reader);
                break;
            case (TilesetContext.Document, _):
                _document.MetadataAt = PlaceOf(ref reader);
                break;
            case (TilesetContext.Tile, _):
                _document.TileSpan[frame.Tile].MetadataAt = PlaceOf(ref reader);
                break;
            case (TilesetContext.Content, _):
                _content.MetadataAt = PlaceOf(ref reader);
                break;
        }
        Skip(ref reader);
    }

    private void Push(TilesetContext context, int tile)
    {
        if (_depth == _frames.Length)
            Array.Resize(ref _frames, _depth * 2);
        _frames[_depth++] = new() { Context = context, Tile = tile };
        _property = TilesetProperty.Other;
    }
}
