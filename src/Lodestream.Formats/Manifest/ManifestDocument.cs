using System.Runtime.InteropServices;
using System.Text;
using Lodestream.Formats.Tiles3D;
using Lodestream.Geometry;
using Lodestream.Scene;

namespace Lodestream.Formats.Manifest;

/// <summary>A run of text of a manifest: in its JSON, or beside it where it was written with escapes.</summary>
internal readonly record struct WrittenText(int Offset, int Length, bool Unescaped);

/// <summary>A coarser model of an entry as it is written.</summary>
internal readonly record struct WrittenLevel(WrittenText Path, double SwitchDistance);

/// <summary>An entry as it is written; NaN and null where it says nothing. Positions are y up.</summary>
internal struct WrittenEntry
{
    /// <summary>Ordinals of what is an entry and no tile: the shared bucket, and the defaults, of which radii and priority count.</summary>
    public const int SharedBucket = -1, Defaults = -2;

    public WrittenText Id, Path, Node;
    public long FileBytes;
    public Vector3d Min, Max, Center;
    public bool HasBounds, HasCenter, IsInterior;
    public double StreamingRadius, UnloadRadius, PrefetchRadius;
    public int? Priority, Floor;
    public SemanticTier Tier;
    public int Ordinal, FirstHlod, Hlods, FirstLod, Lods;

    /// <summary>An entry that says nothing yet.</summary>
    public static WrittenEntry Of(int ordinal) => new() { Ordinal = ordinal, StreamingRadius = double.NaN, UnloadRadius = double.NaN, PrefetchRadius = double.NaN };
}

/// <summary>A manifest as it is written, before defaults are resolved.</summary>
internal sealed class ManifestDocument(string uri, ReadOnlyMemory<byte> json)
{
    // What a tile with its levels takes of the text, about: the list need not grow, or once.
    private const int BytesPerEntry = 512;

    private readonly List<TilesetWarning> _warnings = [];
    private byte[] _unescaped = [];
    private int _unescapedBytes;

    public string Uri => uri;

    public int Version { get; set; }

    public string? PartitioningMode { get; set; }

    /// <summary>What holds where an entry says nothing.</summary>
    public WrittenEntry Defaults { get; set; } = WrittenEntry.Of(WrittenEntry.Defaults);

    /// <summary>Tiles, in order; once all is read the shared bucket, last.</summary>
    public List<WrittenEntry> Entries { get; } = new(json.Length / BytesPerEntry);

    /// <summary>Levels of all entries.</summary>
    public List<WrittenLevel> Levels { get; } = new(json.Length / BytesPerEntry);

    public WrittenEntry? Shared { get; set; }

    public Vector3d? TileSize { get; set; }

    public (Vector3d Min, Vector3d Max)? InteriorZone { get; set; }

    public string? Error { get; set; }

    public bool IsUnsupported { get; set; }

    public int WarningCount { get; private set; }

    public IReadOnlyList<TilesetWarning> Warnings => _warnings;

    public ReadOnlySpan<WrittenEntry> EntrySpan => CollectionsMarshal.AsSpan(Entries);

    public ReadOnlySpan<byte> TextOf(WrittenText text) => (text.Unescaped ? _unescaped : json.Span).Slice(text.Offset, text.Length);

    public WrittenText KeepUnescaped(ReadOnlySpan<byte> text)
    {
        if (_unescapedBytes + text.Length > _unescaped.Length)
            Array.Resize(ref _unescaped, Math.Max(256, (_unescapedBytes + text.Length) * 2));
        text.CopyTo(_unescaped.AsSpan(_unescapedBytes));
        _unescapedBytes += text.Length;
        return new(_unescapedBytes - text.Length, text.Length, true);
    }

    /// <summary>Records something passed over or mended.</summary>
    public void Warn(string path, string message)
    {
        WarningCount++;
        if (_warnings.Count < TilesetReader.MaximumWarnings)
            _warnings.Add(new(path, MessageText.Line(message)!));
    }

    /// <summary>Records something of an entry; its place is put together only while warnings are kept.</summary>
    public void Warn(in WrittenEntry entry, string message)
    {
        if (_warnings.Count < TilesetReader.MaximumWarnings)
            Warn(PlaceOf(entry), message);
        else
            WarningCount++;
    }

    private string PlaceOf(in WrittenEntry entry)
    {
        var place = entry.Ordinal switch
        {
            WrittenEntry.SharedBucket => "shared_bucket",
            WrittenEntry.Defaults => "streaming_defaults",
            _ => $"tiles[{entry.Ordinal}]",
        };
        return entry.Id.Length == 0 ? place : $"{place} ({Encoding.UTF8.GetString(TextOf(entry.Id)[..Math.Min(80, entry.Id.Length)])})";
    }
}
