using Lodestream.Diagnostics;
using Lodestream.Geometry;
using Lodestream.Scene;
using Lodestream.Selection;
using Lodestream.Simulation.Runs;

namespace Lodestream.Simulation.Reporting;

/// <summary>A tile that was drawn or wanted at some sampled moment.</summary>
/// <param name="Volume">Its volume.</param>
/// <param name="Level">Its level.</param>
/// <param name="Name">URI of its first content as its document writes it; empty where it has none.</param>
internal readonly record struct MapTile(BoundingVolume Volume, int Level, string Name);

/// <summary>What was drawn and wanted at a moment; tiles are numbers among <see cref="RunMap.Tiles"/>.</summary>
/// <param name="Seconds">When, since the start of the run.</param>
/// <param name="View">The camera; null when there was none.</param>
/// <param name="Drawn">Regions, and the tiles whose contents were drawn there.</param>
/// <param name="Wanted">Wanted tiles, and why each was, or was not, on screen.</param>
internal sealed record MapMoment(double Seconds, View? View, (int Region, int Source)[] Drawn, (int Tile, TileReason Reason)[] Wanted);

/// <summary>Samples what is drawn and what is wanted ten times a second, less often where that becomes much.</summary>
/// <param name="tree">The run's tree.</param>
internal sealed class RunMap(TileTree tree) : SimulationObserver
{
    // Moments a reader can tell apart on a slider, and draw items of all of them: some 30 MB.
    private const int Capacity = 300;
    private const long HeaviestItems = 4_000_000;

    private readonly ThinnedSeries<MapMoment> _moments = new(TimeSpan.FromSeconds(0.1), Capacity, HeaviestItems, moment => moment.Drawn.Length + moment.Wanted.Length, (first, _) => first);
    private readonly Dictionary<ulong, int> _numbers = [];
    private readonly List<MapTile> _tiles = [];
    private readonly HashSet<int> _drawnSelf = [];
    private MapMoment? _end;

    /// <summary>The tiles that moments name.</summary>
    public IReadOnlyList<MapTile> Tiles => _tiles;

    /// <summary>The moments, in the order of time; the last is the run's end.</summary>
    public IReadOnlyList<MapMoment> Moments => _end is null || _moments.Samples[^1].Seconds >= _end.Seconds ? _moments.Samples : [.. _moments.Samples, _end];

    /// <inheritdoc />
    public override void OnFrame(in SimulatedFrame frame)
    {
        if (frame.Phase != RunPhase.Resting && _moments.IsDue(frame.Time))
            _moments.Add(frame.Time, Sample(frame));
    }

    /// <inheritdoc />
    public override void OnEnd(in SimulatedFrame last) => _end = Sample(last);

    private MapMoment Sample(in SimulatedFrame frame)
    {
        var drawn = Drawn(frame.Streamer);
        return new(frame.Time.TotalSeconds, frame.Views.Length > 0 ? frame.Views[0] : null, drawn, Wanted(frame.Streamer));
    }

    private (int, int)[] Drawn(TileStreamer streamer)
    {
        var items = streamer.Drawn;
        var drawn = new (int, int)[items.Length];
        _drawnSelf.Clear();
        for (var i = 0; i < items.Length; i++)
        {
            drawn[i] = (Number(items[i].Region), Number(items[i].Source));
            if (items[i].Region == items[i].Source)
                _drawnSelf.Add(items[i].Region);
        }
        return drawn;
    }

    private (int, TileReason)[] Wanted(TileStreamer streamer)
    {
        var wanted = new List<(int, TileReason)>();
        foreach (ref readonly var visit in streamer.Selection.Visits)
        {
            // The scene's own root is everywhere: it has no outline.
            if (visit.Tile != TileTree.SceneRoot && (visit.Flags & (VisitFlags.Primary | VisitFlags.Expand)) != 0)
                wanted.Add((Number(visit.Tile), _drawnSelf.Contains(visit.Tile) ? TileReason.Drawn : streamer.Why(visit.Tile).Reason));
        }
        return [.. wanted];
    }

    // Topology that is unloaded leaves its indices to others: the path names a tile for good.
    private int Number(int tile)
    {
        if (_numbers.TryGetValue(tree.PathKeys[tile], out var number))
            return number;
        var contents = tree.SlotsOf(tile);
        _tiles.Add(new(tree.Volume(tile), tree.Links[tile].Level, contents.Length > 0 ? tree.Contents.RelativeUri(contents[0]) : ""));
        return _numbers[tree.PathKeys[tile]] = _tiles.Count - 1;
    }
}
