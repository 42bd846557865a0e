using System.Runtime.CompilerServices;
using System.Text.Json;
using Lodestream.Formats.Tiles3D;
using Lodestream.Scene;

namespace Lodestream.Formats.Manifest;

/// <summary>
/// Entries of a manifest, one at a time: tiles, the shared bucket, and the defaults, which say some of what an entry says. What cannot be
/// used of one leaves a warning that names it.
/// </summary>
/// <remarks>A manifest is read once: without optimisation from the start most of a large one would be read by unoptimised code.</remarks>
internal sealed class ManifestEntryParser(ManifestDocument document)
{
    private WrittenEntry _entry;
    private string? _broken;
    private int _origin;

    /// <summary>The entry that was read.</summary>
    public ref readonly WrittenEntry Entry => ref _entry;

    /// <summary>Reads an entry.</summary>
    /// <param name="reader">At its first token; afterwards at its last.</param>
    /// <param name="ordinal">Its place among the tiles, or <see cref="WrittenEntry.SharedBucket"/>, whose bounds may be missing.</param>
    /// <param name="origin">Where in the document the reader began.</param>
    /// <returns>Whether it is of use.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool Read(ref Utf8JsonReader reader, int ordinal, int origin)
    {
        (_entry, _broken, _origin) = (WrittenEntry.Of(ordinal), null, origin);
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            document.Warn(_entry, "is no object; the entry is skipped");
            reader.Skip();
            return false;
        }
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = ManifestValues.Name(ref reader);
            reader.Read();
            ReadProperty(ref reader, name);
        }
        if (_entry.Path.Length == 0)
            _broken ??= "has no path_relative_to_manifest";
        else if (!_entry.HasBounds && ordinal != WrittenEntry.SharedBucket)
            _broken ??= "has no bounds";
        if (_broken is not null)
            document.Warn(_entry, $"{_broken}; the entry is skipped");
        return _broken is null;
    }

    /// <summary>Reads the defaults, at their object's start.</summary>
    public void ReadDefaults(ref Utf8JsonReader reader)
    {
        _entry = WrittenEntry.Of(WrittenEntry.Defaults);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = ManifestValues.Name(ref reader);
            reader.Read();
            ReadStreaming(ref reader, name);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ReadProperty(ref Utf8JsonReader reader, scoped ReadOnlySpan<byte> name)
    {
        switch (name.Length)
        {
            case 6 when name.SequenceEqual("bounds"u8):
                ReadBounds(ref reader);
                break;
            case 6 when name.SequenceEqual("center"u8):
                if (ManifestValues.TryVector(ref reader, out var center))
                    (_entry.Center, _entry.HasCenter) = (center, true);
                else
                    document.Warn(_entry, "has a center that is not three finite numbers; the middle of its bounds is taken");
                break;
            case 7 when name.SequenceEqual("tile_id"u8):
                _entry.Id = Text(ref reader);
                break;
            case 8 when name.SequenceEqual("floor_id"u8):
                _entry.Floor = Whole(ref reader, "floor_id");
                break;
            case 8 when name.SequenceEqual("interior"u8):
                _entry.IsInterior = reader.TokenType == JsonTokenType.True;
                if (reader.TokenType is not (JsonTokenType.True or JsonTokenType.False or JsonTokenType.Null))
                    Passed(ref reader, "interior", "true or false");
                break;
            case 10 when name.SequenceEqual("lod_levels"u8):
                (_entry.FirstLod, _entry.Lods) = ReadLevels(ref reader, "lod_levels");
                break;
            case 11 when name.SequenceEqual("hlod_levels"u8):
                (_entry.FirstHlod, _entry.Hlods) = ReadLevels(ref reader, "hlod_levels");
                break;
            case 13 when name.SequenceEqual("semantic_tier"u8):
                ReadTier(ref reader);
                break;
            case 15 when name.SequenceEqual("file_size_bytes"u8):
                ReadFileBytes(ref reader);
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
                ReadStreaming(ref reader, name);
                break;
        }
    }

    // What the defaults may say as well.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ReadStreaming(ref Utf8JsonReader reader, scoped ReadOnlySpan<byte> name)
    {
        if (name.SequenceEqual("streaming_radius"u8))
            _entry.StreamingRadius = Distance(ref reader, "streaming_radius");
        else if (name.SequenceEqual("unload_radius"u8))
            _entry.UnloadRadius = Distance(ref reader, "unload_radius");
        else if (name.SequenceEqual("prefetch_radius"u8))
            _entry.PrefetchRadius = Distance(ref reader, "prefetch_radius");
        else if (name.SequenceEqual("priority"u8))
            _entry.Priority = Whole(ref reader, "priority");
        else
            reader.Skip();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ReadBounds(ref Utf8JsonReader reader)
    {
        if (ManifestValues.Box(ref reader) is not var (min, max))
            _broken ??= "has bounds that are not a min and a max of three finite numbers, min below max";
        else
            (_entry.Min, _entry.Max, _entry.HasBounds) = (min, max, true);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private (int First, int Count) ReadLevels(ref Utf8JsonReader reader, string list)
    {
        var first = document.Levels.Count;
        if (reader.TokenType == JsonTokenType.Null)
            return (first, 0);
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            Passed(ref reader, list, "an array");
            return (first, 0);
        }
        for (var i = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; i++)
        {
            if (ReadLevel(ref reader, out var level) is { } problem)
                document.Warn(_entry, $"{list}[{i}] {problem}; the level is skipped");
            else
                document.Levels.Add(level);
        }
        return (first, document.Levels.Count - first);
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
            var name = ManifestValues.Name(ref reader);
            reader.Read();
            if (name.SequenceEqual("path"u8))
            {
                path = Path(ref reader, out var wrong);
                if (wrong is not null)
                    problem ??= $"has a path that {wrong}";
            }
            else if (name.SequenceEqual("switch_distance"u8))
                distance = ManifestValues.Number(ref reader);
            else
                reader.Skip();
        }
        level = new(path, distance);
        return problem ?? (path.Length == 0 ? "has no path" : distance is > 0 and <= ManifestValues.LargestDistance ? null : "has no switch_distance above 0");
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ReadTier(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Null)
            return;
        if (reader.TokenType != JsonTokenType.String)
        {
            Passed(ref reader, "semantic_tier", "a text");
            return;
        }
        _entry.Tier = reader.ValueTextEquals("ExteriorShell"u8) ? SemanticTier.ExteriorShell
            : reader.ValueTextEquals("StructuralInterior"u8) ? SemanticTier.StructuralInterior
            : reader.ValueTextEquals("RoomContents"u8) ? SemanticTier.RoomContents
            : reader.ValueTextEquals("FineProps"u8) ? SemanticTier.FineProps
            : SemanticTier.None;
        if (_entry.Tier == SemanticTier.None)
            document.Warn(_entry, $"has the semantic_tier {MessageText.Quoted(reader.GetString())}, which is not known; none is taken");
    }

    private void ReadFileBytes(ref Utf8JsonReader reader)
    {
        var bytes = ManifestValues.Number(ref reader);
        if (bytes is >= 0 and <= 9e15)
            _entry.FileBytes = (long)bytes;
        else
            document.Warn(_entry, "has a file_size_bytes that is no length; it is taken as unknown");
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private double Distance(ref Utf8JsonReader reader, string property)
    {
        if (!ManifestValues.TryDistance(ref reader, out var distance))
            document.Warn(_entry, $"has a {property} that is no distance; it is ignored");
        return distance;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int? Whole(ref Utf8JsonReader reader, string property)
    {
        if (!ManifestValues.TryWhole(ref reader, out var whole))
            document.Warn(_entry, $"has a {property} that is no whole number; it is ignored");
        return whole;
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
        else if (ContentKinds.FormatOf(document.TextOf(path)) == ContentFormat.Tileset)
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
            return new(_origin + (int)reader.TokenStartIndex + 1, reader.ValueSpan.Length, false);
        var text = new byte[reader.ValueSpan.Length];
        return document.KeepUnescaped(text.AsSpan(0, reader.CopyString(text)));
    }

    private void Passed(ref Utf8JsonReader reader, string property, string expected)
    {
        document.Warn(_entry, $"has a {property} that is not {expected}; it is ignored");
        reader.Skip();
    }
}
