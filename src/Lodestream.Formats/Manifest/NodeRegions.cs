using System.Runtime.CompilerServices;
using Lodestream.Geometry;
using Lodestream.Scene;

namespace Lodestream.Formats.Manifest;

/// <summary>
/// The hierarchy that node ids tell of: a region for each node above a tile's own, with the box around all tiles below it. Ids are
/// <c>F02_Q_0_1_0</c> (quadtree) or <c>F02_K_0_1_0</c> (kd-tree), whose parent is the id without its last step, and compact
/// <c>F02Q010</c>, without its last digit. The topmost region is a floor's whole tree, <c>F02_Q</c>.
/// </summary>
internal sealed class NodeRegions
{
    private const int LongestId = 256;

    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly List<Region> _regions = [];

    private struct Region
    {
        public Vector3d Min, Max;
        public int Parent;
    }

    public NodeRegions() => _lookup = _numbers.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Number of regions.</summary>
    public int Count => _regions.Count;

    /// <summary>Adds a tile to the regions above its node.</summary>
    /// <param name="id">The node's id, UTF-8.</param>
    /// <param name="min">Least coordinates of the tile.</param>
    /// <param name="max">Greatest coordinates of the tile.</param>
    /// <param name="region">The region that holds the tile; <see cref="ProximityTable.NoRegion"/> for a tree's root.</param>
    /// <returns>Whether the id is of one of the formats.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool Add(ReadOnlySpan<byte> id, Vector3d min, Vector3d max, out int region)
    {
        region = ProximityTable.NoRegion;
        if (id.IsEmpty || id.Length > LongestId)
            return false;
        Span<char> text = stackalloc char[id.Length];
        for (var i = 0; i < id.Length; i++)
            text[i] = (char)id[i];
        var top = TopOf(text, out var compact);
        if (top < 0)
            return false;
        var below = -1;
        for (var length = ParentOf(text, top, compact); length >= 0; length = ParentOf(text[..length], top, compact))
        {
            var number = Include(text[..length], min, max);
            if (below < 0)
                region = number;
            else
                _regions[below] = _regions[below] with { Parent = number };
            below = number;
        }
        return true;
    }

    /// <summary>Writes the regions to a table.</summary>
    public void CopyTo(ProximityTable table)
    {
        for (var i = 0; i < _regions.Count; i++)
            (table.RegionMin[i], table.RegionMax[i], table.RegionParent[i]) = (_regions[i].Min, _regions[i].Max, _regions[i].Parent);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Include(ReadOnlySpan<char> id, Vector3d min, Vector3d max)
    {
        if (!_lookup.TryGetValue(id, out var number))
        {
            number = _regions.Count;
            _lookup[id] = number;
            _regions.Add(new() { Min = min, Max = max, Parent = ProximityTable.NoRegion });
            return number;
        }
        var region = _regions[number];
        _regions[number] = region with { Min = Vector3d.Min(region.Min, min), Max = Vector3d.Max(region.Max, max) };
        return number;
    }

    // Length of the id of the whole tree: up to and with the letter Q or K. −1 where the id is of neither format.
    private static int TopOf(ReadOnlySpan<char> id, out bool compact)
    {
        compact = false;
        var marker = id.LastIndexOfAny('Q', 'K');
        if (marker < 1)
            return -1;
        var steps = id[(marker + 1)..];
        if (id[marker - 1] != '_')
        {
            compact = true;
            return steps.IndexOfAnyExceptInRange('0', '9') < 0 ? marker + 1 : -1;
        }

        // A step is an underscore and digits.
        for (var i = 0; i < steps.Length; i++)
        {
            if (steps[i] == '_' ? i + 1 == steps.Length || steps[i + 1] == '_' : i == 0 || !char.IsAsciiDigit(steps[i]))
                return -1;
        }
        return marker + 1;
    }

    private static int ParentOf(ReadOnlySpan<char> id, int top, bool compact) => id.Length <= top ? -1 : compact ? id.Length - 1 : id.LastIndexOf('_');
}
