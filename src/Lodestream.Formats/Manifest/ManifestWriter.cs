using System.Text.Json;
using Lodestream.Geometry;
using Lodestream.Scene;

namespace Lodestream.Formats.Manifest;

/// <summary>How a manifest's tiles were divided.</summary>
public enum ManifestPartitioning : byte
{
    /// <summary>A regular grid: version 3.</summary>
    UniformGrid,

    /// <summary>A quadtree for each floor: version 4.</summary>
    QuadtreeFloor,

    /// <summary>A kd-tree for each floor: version 4.</summary>
    KdtreeFloor,
}

/// <summary>A box of a manifest: y up, metres.</summary>
/// <param name="Min">Least coordinates.</param>
/// <param name="Max">Greatest coordinates.</param>
public readonly record struct ManifestBounds(Vector3d Min, Vector3d Max);

/// <summary>A coarser model of a tile.</summary>
/// <param name="Path">Its payload, relative to the manifest.</param>
/// <param name="SwitchDistance">From how far on it is shown, metres.</param>
public readonly record struct ManifestLevel(string Path, double SwitchDistance);

/// <summary>What a manifest says where a tile says nothing.</summary>
/// <param name="StreamingRadius">Metres.</param>
/// <param name="UnloadRadius">Metres.</param>
/// <param name="Priority">The greater first.</param>
/// <param name="PrefetchRadius">Metres; null for the middle of the other two.</param>
public readonly record struct ManifestDefaults(double StreamingRadius = 80, double UnloadRadius = 120, int Priority = 0, double? PrefetchRadius = null);

/// <summary>A tile of a manifest; what is null is left to the defaults. y up, metres.</summary>
public sealed record ManifestTile
{
    /// <summary>Its name.</summary>
    public required string Id { get; init; }

    /// <summary>Its payload, relative to the manifest.</summary>
    public required string Path { get; init; }

    /// <summary>Bytes of the payload.</summary>
    public long FileBytes { get; init; }

    /// <summary>Its box.</summary>
    public required ManifestBounds Bounds { get; init; }

    /// <summary>From where distances are measured; null for the middle of the box.</summary>
    public Vector3d? Center { get; init; }

    /// <summary>Within this the full tile is wanted.</summary>
    public double? StreamingRadius { get; init; }

    /// <summary>Beyond this it is not wanted any more.</summary>
    public double? UnloadRadius { get; init; }

    /// <summary>Within this loading may begin.</summary>
    public double? PrefetchRadius { get; init; }

    /// <summary>Order of loading: the greater first.</summary>
    public int? Priority { get; init; }

    /// <summary>Merged proxies.</summary>
    public IReadOnlyList<ManifestLevel> HlodLevels { get; init; } = [];

    /// <summary>Coarser models; written in the order of their distances.</summary>
    public IReadOnlyList<ManifestLevel> LodLevels { get; init; } = [];

    /// <summary>Floor, 0 at the ground.</summary>
    public int? Floor { get; init; }

    /// <summary>Its node in the floor's tree: <c>F02_Q_0_1</c>, <c>F02_K_0_1</c>.</summary>
    public string? NodeId { get; init; }

    /// <summary>What part of a building it holds.</summary>
    public SemanticTier Tier { get; init; }

    /// <summary>Whether it loads only while the camera is in the interior zone.</summary>
    public bool IsInterior { get; init; }
}

/// <summary>What a manifest says of the whole scene.</summary>
public sealed record ManifestHeader
{
    /// <summary>How the tiles were divided; says the version, too.</summary>
    public required ManifestPartitioning Partitioning { get; init; }

    /// <summary>What holds where a tile says nothing.</summary>
    public ManifestDefaults Defaults { get; init; } = new(80, 120);

    /// <summary>Size of a tile, y up; null where there is none.</summary>
    public Vector3d? TileSize { get; init; }

    /// <summary>Where interior tiles load; null for the union of the exterior shells.</summary>
    public ManifestBounds? InteriorZone { get; init; }

    /// <summary>What spans many tiles and is always resident.</summary>
    public ManifestTile? SharedBucket { get; init; }

    /// <summary>Writes the properties of an object <c>lodestream</c>, which other readers pass over; null for none.</summary>
    public Action<Utf8JsonWriter>? WriteExtras { get; init; }
}

/// <summary>Writes a scene manifest front to back, tile by tile: memory does not grow with their number.</summary>
public sealed class ManifestWriter : IDisposable
{
    private const int FlushBytes = 1 << 16;

    private readonly Utf8JsonWriter _json;
    private readonly ManifestDefaults _defaults;
    private readonly bool _hasFloors;

    /// <summary>Starts the manifest.</summary>
    /// <param name="output">Where to; left open.</param>
    /// <param name="header">What it says of the whole scene.</param>
    /// <exception cref="ArgumentException">A number that is not finite, or radii that contradict each other.</exception>
    public ManifestWriter(Stream output, ManifestHeader header)
    {
        ArgumentNullException.ThrowIfNull(header);
        (_json, _defaults) = (new(output), header.Defaults);
        _hasFloors = header.Partitioning != ManifestPartitioning.UniformGrid;
        _json.WriteStartObject();
        _json.WriteNumber("version"u8, _hasFloors ? 4 : 3);
        _json.WriteString("partitioning_mode"u8, header.Partitioning switch
        {
            ManifestPartitioning.QuadtreeFloor => "quadtree_floor"u8,
            ManifestPartitioning.KdtreeFloor => "kdtree_floor"u8,
            _ => "uniform_grid"u8,
        });
        WriteDefaults(header.Defaults);
        if (header.TileSize is { } size)
        {
            _json.WriteStartObject("tile_size"u8);
            _json.WriteNumber("x"u8, Finite(size.X));
            _json.WriteNumber("y"u8, Finite(size.Y));
            _json.WriteNumber("z"u8, Finite(size.Z));
            _json.WriteEndObject();
        }
        if (header.InteriorZone is { } zone)
            WriteBounds("interior_zone"u8, zone);
        if (header.WriteExtras is { } writeExtras)
        {
            // Before all tiles: who wants it reads no farther.
            _json.WriteStartObject("lodestream"u8);
            writeExtras(_json);
            _json.WriteEndObject();
        }
        if (header.SharedBucket is { } shared)
        {
            _json.WritePropertyName("shared_bucket"u8);
            WriteTile(shared);
        }
        _json.WriteStartArray("tiles"u8);
    }

    /// <summary>Writes a tile.</summary>
    /// <exception cref="ArgumentException">A number that is not finite, radii that contradict each other, or what version 3 does not know.</exception>
    public void Write(ManifestTile tile)
    {
        ArgumentNullException.ThrowIfNull(tile);
        WriteTile(tile);
        if (_json.BytesPending > FlushBytes)
            _json.Flush();
    }

    /// <summary>Ends the manifest.</summary>
    public void Complete()
    {
        _json.WriteEndArray();
        _json.WriteEndObject();
        _json.Flush();
    }

    /// <summary>Releases the writer; the stream stays open, and without <see cref="Complete"/> holds half a manifest.</summary>
    public void Dispose() => _json.Dispose();

    private void WriteDefaults(in ManifestDefaults defaults)
    {
        if (!(defaults.UnloadRadius > defaults.StreamingRadius))
            throw new ArgumentException("The defaults' unload radius is not above their streaming radius.");
        _json.WriteStartObject("streaming_defaults"u8);
        _json.WriteNumber("streaming_radius"u8, Finite(defaults.StreamingRadius));
        _json.WriteNumber("unload_radius"u8, Finite(defaults.UnloadRadius));
        _json.WriteNumber("priority"u8, defaults.Priority);
        WriteOptional("prefetch_radius"u8, defaults.PrefetchRadius);
        _json.WriteEndObject();
    }

    private void WriteTile(ManifestTile tile)
    {
        if (!_hasFloors && (tile.Floor is not null || tile.NodeId is not null || tile.Tier != SemanticTier.None || tile.IsInterior))
            throw new ArgumentException($"Tile {tile.Id} has a floor, a node, a tier or an inside, which a uniform grid (version 3) does not know.");
        if (!((tile.UnloadRadius ?? _defaults.UnloadRadius) > (tile.StreamingRadius ?? _defaults.StreamingRadius)))
            throw new ArgumentException($"Tile {tile.Id} has an unload radius that is not above its streaming radius.");
        if (tile.Bounds is var (min, max) && !(min.X <= max.X && min.Y <= max.Y && min.Z <= max.Z))
            throw new ArgumentException($"Tile {tile.Id} has bounds whose min is above their max.");
        _json.WriteStartObject();
        _json.WriteString("tile_id"u8, tile.Id);
        _json.WriteString("path_relative_to_manifest"u8, tile.Path);
        _json.WriteNumber("file_size_bytes"u8, tile.FileBytes);
        WriteBounds("bounds"u8, tile.Bounds);
        WriteVector("center"u8, tile.Center ?? (min + max) * 0.5);
        WriteOptional("streaming_radius"u8, tile.StreamingRadius);
        WriteOptional("unload_radius"u8, tile.UnloadRadius);
        WriteOptional("prefetch_radius"u8, tile.PrefetchRadius);
        WriteOptional("priority"u8, tile.Priority);
        WriteLevels("hlod_levels"u8, tile.HlodLevels);
        WriteLevels("lod_levels"u8, tile.LodLevels);
        WriteOptional("floor_id"u8, tile.Floor);
        if (tile.NodeId is { } node)
            _json.WriteString("quadtree_node_id"u8, node);
        if (tile.Tier != SemanticTier.None)
            _json.WriteString("semantic_tier"u8, tile.Tier.ToString());
        if (tile.IsInterior)
            _json.WriteBoolean("interior"u8, true);
        _json.WriteEndObject();
    }

    private void WriteLevels(ReadOnlySpan<byte> name, IReadOnlyList<ManifestLevel> levels)
    {
        if (levels.Count == 0)
            return;
        _json.WriteStartArray(name);
        foreach (var level in levels.OrderBy(level => level.SwitchDistance))
        {
            _json.WriteStartObject();
            _json.WriteString("path"u8, level.Path);
            _json.WriteNumber("switch_distance"u8, Finite(level.SwitchDistance));
            _json.WriteEndObject();
        }
        _json.WriteEndArray();
    }

    private void WriteBounds(ReadOnlySpan<byte> name, in ManifestBounds bounds)
    {
        _json.WriteStartObject(name);
        WriteVector("min"u8, bounds.Min);
        WriteVector("max"u8, bounds.Max);
        _json.WriteEndObject();
    }

    private void WriteVector(ReadOnlySpan<byte> name, Vector3d v)
    {
        // Adding zero turns −0 into 0: the same number, without the odd sign.
        _json.WriteStartArray(name);
        _json.WriteNumberValue(Finite(v.X) + 0.0);
        _json.WriteNumberValue(Finite(v.Y) + 0.0);
        _json.WriteNumberValue(Finite(v.Z) + 0.0);
        _json.WriteEndArray();
    }

    private void WriteOptional(ReadOnlySpan<byte> name, double? value)
    {
        if (value is { } number)
            _json.WriteNumber(name, Finite(number));
    }

    private void WriteOptional(ReadOnlySpan<byte> name, int? value)
    {
        if (value is { } number)
            _json.WriteNumber(name, number);
    }

    private static double Finite(double value) => double.IsFinite(value) ? value : throw new ArgumentException("A manifest holds finite numbers only.");
}
