using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Lodestream.Formats.Tiles3D.Implicit;
using Lodestream.Geometry;
using Lodestream.Scene;

namespace Lodestream.Formats.Tiles3D;

/// <summary>What the parser makes of single values: numbers, names, volumes, transforms.</summary>
internal sealed partial class TilesetParser
{
    // Farther than any coordinate of a world; what is larger is a damaged file, and would overflow further on.
    private const double MaximumCoordinate = 1e12;

    // A content's URI may have 65,535 bytes, numbers put in.
    private const int LongestTemplate = 60_000;

    private void TakeValue(ref Utf8JsonReader reader)
    {
        if (_depth == 0)
        {
            Fail("is a single JSON value; a tileset is an object");
            return;
        }
        var frame = _frames[_depth - 1];
        switch (frame.Context, _property, reader.TokenType)
        {
            case (TilesetContext.Children, _, _):
                WarnOfChild();
                break;
            case (TilesetContext.Tile, TilesetProperty.GeometricError, JsonTokenType.Number):
                ReadGeometricError(ref reader, frame.Tile);
                break;
            case (TilesetContext.Tile, TilesetProperty.Refine, JsonTokenType.String):
                ReadRefine(ref reader, frame.Tile);
                break;
            case (TilesetContext.Content, TilesetProperty.Uri, JsonTokenType.String):
                KeepUri(ref reader, legacy: false);
                break;
            case (TilesetContext.Content, TilesetProperty.Url, JsonTokenType.String):
                if (_content.UriLength == 0)
                    KeepUri(ref reader, legacy: true);
                break;
            case (TilesetContext.Content, TilesetProperty.Group, JsonTokenType.Number):
                _content.Group = reader.TryGetInt32(out var group) ? group : int.MaxValue;
                break;
            case (TilesetContext.Document, TilesetProperty.GeometricError, JsonTokenType.Number):
                var error = JsonNumber.Parse(reader.ValueSpan);
                if (double.IsFinite(error) && error >= 0)
                    _document.GeometricError = error;
                else
                    _document.Warn(-1, $"geometricError is {error}; it is taken as absent");
                break;
            case (TilesetContext.Asset, TilesetProperty.Version, JsonTokenType.String):
                ReadVersion(ref reader);
                break;
            case (TilesetContext.Asset, TilesetProperty.GltfUpAxis, JsonTokenType.String):
                ReadUpAxis(ref reader);
                break;
            case (TilesetContext.Group, TilesetProperty.Class or TilesetProperty.Name, JsonTokenType.String):
            case (TilesetContext.GroupProperties, _, JsonTokenType.String):
                if (ContentKinds.FamilyOf(Text(ref reader)) is { } family)
                    _document.Groups[^1] = family;
                break;
            case (TilesetContext.Document, TilesetProperty.SchemaUri, JsonTokenType.String):
                (_document.SchemaUri, _document.HasMetadata) = (Encoding.UTF8.GetString(Text(ref reader)), true);
                break;
            case (TilesetContext.ImplicitTiling or TilesetContext.Subtrees, _, _):
                TakeImplicit(ref reader);
                break;
        }
    }

    private void ReadTransform(ref Utf8JsonReader reader, int tile)
    {
        Span<double> m = stackalloc double[16];
        var count = ReadNumbers(ref reader, m);
        if (count != 16)
            BreakTile(tile, "transform is not an array of sixteen finite numbers");
        else if (m[3] != 0 || m[7] != 0 || m[11] != 0 || m[15] != 1)
            BreakTile(tile, "transform is not affine: its last row is not 0, 0, 0, 1");
        else
        {
            _document.TileSpan[tile].LocalTransform = _document.LocalTransforms.Count;
            _document.LocalTransforms.Add(Transform3d.FromColumnMajor(m));
        }
    }

    private void ReadVolume(ref Utf8JsonReader reader, int tile, string property, ref WrittenVolume volume)
    {
        var (kind, length, name) = _property switch
        {
            TilesetProperty.Box => (VolumeKind.Box, 12, "box"),
            TilesetProperty.Sphere => (VolumeKind.Sphere, 4, "sphere"),
            _ => (VolumeKind.Region, 6, "region"),
        };

        // Of several shapes for one volume the box is used, else the region.
        var better = volume.Kind is VolumeKind.None or VolumeKind.Invalid || kind == VolumeKind.Box || (kind == VolumeKind.Region && volume.Kind == VolumeKind.Sphere);
        WrittenVolume read = default;
        Span<double> numbers = read.Numbers;
        var count = ReadNumbers(ref reader, numbers[..length]);
        if (!better)
            return;
        var fault = count != length ? $"is not an array of {length} finite numbers" : FaultOf(kind, numbers);
        if (fault is not null)
        {
            _document.Warn(tile, $"{property}.{name} {fault}; " + (property == "boundingVolume" ? "the tile and everything beneath it are skipped" : "it is ignored"));
            read = default;
        }
        read.Kind = fault is null ? kind : VolumeKind.Invalid;
        volume = read;
    }

    private static string? FaultOf(VolumeKind kind, ReadOnlySpan<double> n)
    {
        if (kind == VolumeKind.Sphere)
            return n[3] < 0 ? "has a negative radius" : null;
        if (kind != VolumeKind.Region)
            return null;
        const double circle = 2 * Math.PI + 1e-6, pole = Math.PI / 2 + 1e-6;
        if (Math.Abs(n[0]) > circle || Math.Abs(n[2]) > circle || Math.Abs(n[1]) > pole || Math.Abs(n[3]) > pole)
            return "has a longitude or latitude beyond the globe (they are in radians)";
        return n[1] > n[3] ? "has its south north of its north" : null;
    }

    // The numbers of an array: how many there are, or −1 when something else is among them or one is not usable. An array of more
    // than there is room for is left to be skipped, so that no call reads without end.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int ReadNumbers(ref Utf8JsonReader reader, scoped Span<double> into)
    {
        var depth = reader.CurrentDepth;
        var count = 0;
        var usable = true;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || count == into.Length)
            {
                _skipTo = depth;
                return -1;
            }
            var value = JsonNumber.Parse(reader.ValueSpan);
            usable &= Math.Abs(value) <= MaximumCoordinate;
            into[count++] = value;
        }
        return usable ? count : -1;
    }

    private void ReadGeometricError(ref Utf8JsonReader reader, int tile)
    {
        var error = JsonNumber.Parse(reader.ValueSpan);
        if (double.IsFinite(error) && error >= 0)
            _document.TileSpan[tile].GeometricError = error;
        else
            _document.Warn(tile, $"geometricError is {error}; the parent's is used");
    }

    private void ReadRefine(ref Utf8JsonReader reader, int tile)
    {
        var text = Text(ref reader);
        if (Ascii.EqualsIgnoreCase(text, "REPLACE"u8))
            _document.TileSpan[tile].Refine = (byte)Refinement.Replace;
        else if (Ascii.EqualsIgnoreCase(text, "ADD"u8))
            _document.TileSpan[tile].Refine = (byte)Refinement.Add;
        else
            _document.Warn(tile, $"refine is {Quoted(ref reader)}, neither ADD nor REPLACE; the parent's is used");
    }

    private void ReadVersion(ref Utf8JsonReader reader)
    {
        _document.Dialect = TilesetDialect.Find(_dialects, Text(ref reader));
        if (_document.Dialect is null)
            FailUnsupported($"asset.version is {Quoted(ref reader)}; supported are {string.Join(", ", _dialects.Select(d => d.Version))}");
    }

    private void ReadUpAxis(ref Utf8JsonReader reader)
    {
        var text = Text(ref reader);
        _document.UpAxis = text.Length != 1 ? null : (char)(text[0] | 0x20) switch { 'x' => UpAxis.X, 'y' => UpAxis.Y, 'z' => UpAxis.Z, _ => null };
        if (_document.UpAxis is null)
            _document.Warn(-1, $"asset.gltfUpAxis is {Quoted(ref reader)}, not X, Y or Z; it is ignored");
    }

    private void KeepUri(ref Utf8JsonReader reader, bool legacy)
    {
        _content.Legacy = legacy;
        _content.Unescaped = reader.ValueIsEscaped;
        if (reader.ValueIsEscaped)
        {
            var text = Unescape(ref reader);
            (_content.UriOffset, _content.UriLength) = (_document.KeepUnescaped(text), text.Length);
        }
        else
        {
            // The value begins after its quotation mark.
            (_content.UriOffset, _content.UriLength) = (_consumed + (int)reader.TokenStartIndex + 1, reader.ValueSpan.Length);
        }
    }

    private void TakeImplicit(ref Utf8JsonReader reader)
    {
        ref var tiling = ref CollectionsMarshal.AsSpan(_document.Implicits)[^1];
        switch (_property, reader.TokenType)
        {
            case (TilesetProperty.SubdivisionScheme, JsonTokenType.String):
                (tiling.IsOctree, tiling.HasScheme) = (Text(ref reader).SequenceEqual("OCTREE"u8), true);
                if (!tiling.IsOctree && !Text(ref reader).SequenceEqual("QUADTREE"u8))
                    tiling.HasScheme = false;
                break;
            case (TilesetProperty.SubtreeLevels, JsonTokenType.Number):
                tiling.SubtreeLevels = reader.TryGetInt32(out var levels) ? levels : -1;
                break;
            case (TilesetProperty.AvailableLevels, JsonTokenType.Number):
                tiling.AvailableLevels = reader.TryGetInt32(out levels) ? levels : -1;
                break;

            // The draft's: the deepest level, of which the first is 0.
            case (TilesetProperty.MaximumLevel, JsonTokenType.Number):
                tiling.AvailableLevels = reader.TryGetInt32(out levels) && levels is >= 0 and < int.MaxValue ? levels + 1 : -1;
                break;
            case (TilesetProperty.Uri, JsonTokenType.String):
                _content = default;
                KeepUri(ref reader, legacy: false);
                (tiling.UriOffset, tiling.UriLength, tiling.Unescaped) = (_content.UriOffset, _content.UriLength, _content.Unescaped);
                break;
        }
    }

    private static string? FaultOf(in WrittenImplicit tiling)
    {
        if (!tiling.HasScheme)
            return "has a subdivisionScheme that is neither QUADTREE nor OCTREE";
        if (tiling.SubtreeLevels < 1)
            return $"has subtreeLevels of {tiling.SubtreeLevels}";
        var mostLevels = tiling.IsOctree ? 7 : 11;
        if (tiling.SubtreeLevels > mostLevels)
            return $"has subtreeLevels of {tiling.SubtreeLevels}; {mostLevels} at most are read, which are {ImplicitTiling.MostTilesOfSubtree} tiles";
        if (tiling.AvailableLevels < 1)
            return $"has availableLevels of {tiling.AvailableLevels}";
        if (tiling.UriLength == 0)
            return "names no subtrees";
        return tiling.UriLength > LongestTemplate ? $"has a template of {tiling.UriLength} bytes; {LongestTemplate} at most are read" : null;
    }

    // An archive named alone stands for its root document (MAXAR_content_3tz).
    private void NameRootOfArchive()
    {
        var uri = _document.UriOf(_content);
        var end = uri.IndexOfAny((byte)'?', (byte)'#');
        var path = end < 0 ? uri : uri[..end];
        if (path.Length < 4 || !Ascii.EqualsIgnoreCase(path[^4..], ".3tz"u8))
            return;
        byte[] text = [.. path, .. "/tileset.json"u8, .. uri[path.Length..]];
        (_content.UriOffset, _content.UriLength, _content.Unescaped) = (_document.KeepUnescaped(text), text.Length, true);
    }

    private ReadOnlySpan<byte> Text(ref Utf8JsonReader reader) => reader.ValueIsEscaped ? Unescape(ref reader) : reader.ValueSpan;

    private ReadOnlySpan<byte> Unescape(ref Utf8JsonReader reader)
    {
        var text = new byte[reader.ValueSpan.Length];
        try
        {
            return text.AsSpan(0, reader.CopyString(text));
        }
        catch (InvalidOperationException)
        {
            Fail($"is not valid JSON: a string is not valid text (offset {_consumed + reader.TokenStartIndex}, in {Here()})");
            return [];
        }
    }

    // For messages: what is not UTF-8 shows as such.
    private string Quoted(ref Utf8JsonReader reader) => MessageText.Quoted(Text(ref reader));
}
