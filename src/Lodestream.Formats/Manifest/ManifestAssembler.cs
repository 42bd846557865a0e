using System.Globalization;
using System.Runtime.CompilerServices;
using Lodestream.Formats.Tiles3D;
using Lodestream.Geometry;
using Lodestream.Scene;

namespace Lodestream.Formats.Manifest;

/// <summary>
/// A parsed manifest to a <see cref="TileBlock"/> with its <see cref="ProximityTable"/>, in steps: resolves defaults, puts the levels in
/// order, turns what is y up to the tree's z up.
/// </summary>
internal sealed class ManifestAssembler
{
    // Costs in the units of TilesetReader.Step.
    private const int ResolveCost = 6, TileCost = 6, LayoutCost = 4;

    private const double DefaultStreamingRadius = 80, DefaultUnloadRadius = 120;

    // Where an unload radius is not above the streaming radius: as the defaults are to each other.
    private const double UnloadRatio = DefaultUnloadRadius / DefaultStreamingRadius;

    private readonly ManifestDocument _document;
    private readonly WrittenEntry _defaults;
    private readonly Transform3d _frame;
    private readonly double _scale;
    private readonly TileBlockBuilder _builder;
    private readonly NodeRegions _regions = new();
    private readonly Resolved[] _resolved;
    private readonly List<Level> _levels;
    private readonly List<WrittenLevel> _sorting = [];
    private readonly bool _isHierarchical;
    private Bounds _all = Bounds.Nothing, _shell = Bounds.Nothing;
    private ProximityTable? _table;
    private int _next, _kept;

    private struct Resolved
    {
        public BoundingVolume Volume;
        public double Streaming, Unload, Prefetch;
        public int Region, FirstLevel, Levels;
        public bool Dropped;
    }

    private readonly record struct Level(WrittenText Path, double SwitchDistance, RepresentationKind Kind);

    private readonly record struct Bounds(Vector3d Min, Vector3d Max)
    {
        public static readonly Bounds Nothing = new(
            new(double.PositiveInfinity, double.PositiveInfinity, double.PositiveInfinity), new(double.NegativeInfinity, double.NegativeInfinity, double.NegativeInfinity));

        public bool IsEmpty => Min.X > Max.X;

        public Bounds With(Vector3d min, Vector3d max) => new(Vector3d.Min(Min, min), Vector3d.Max(Max, max));
    }

    public ManifestAssembler(ManifestDocument document, in TilesetParent parent)
    {
        (_document, _defaults, _frame, _scale) = (document, document.Defaults, parent.Transform, parent.Transform.MaximumScale);
        if (document.Shared is { } shared)
            document.Entries.Add(shared);
        _resolved = new Resolved[document.Entries.Count];
        _levels = new(document.Levels.Count + document.Entries.Count);
        _isHierarchical = document.PartitioningMode is null ? document.Version >= 4 : document.PartitioningMode is not "uniform_grid";
        _builder = new(document.Uri, 1 + _resolved.Length + document.Levels.Count) { UpAxis = UpAxis.Y };
        if (document.PartitioningMode is not (null or "uniform_grid" or "quadtree_floor" or "kdtree_floor"))
            document.Warn("partitioning_mode", $"is {MessageText.Quoted(document.PartitioningMode)}, which is not known; the tiles are taken as they are");
    }

    /// <summary>The topology, once <see cref="Step"/> has answered true without an error.</summary>
    public TileBlock? Block { get; private set; }

    /// <summary>Error of the block's root, metres, scene frame.</summary>
    public double RootError { get; private set; } = double.NaN;

    /// <summary>Goes on; true when the block is complete or the document has turned out to be an error.</summary>
    public bool Step(int budget)
    {
        for (; _table is null; budget -= ResolveCost)
        {
            if (budget <= 0)
                return false;
            if (_next < _resolved.Length)
                Resolve(_next++);
            else if (!Begin())
                return true;
        }
        for (; _next < _resolved.Length; budget -= TileCost)
        {
            if (budget <= 0)
                return false;
            Place(_next++);
        }
        if (budget <= 0 || !_builder.Step(Math.Max(1, budget / LayoutCost)))
            return false;
        Block = _builder.Build();
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Resolve(int index)
    {
        ref readonly var entry = ref _document.EntrySpan[index];
        ref var resolved = ref _resolved[index];
        resolved = new() { Region = ProximityTable.NoRegion, FirstLevel = _levels.Count };
        if (entry.HasBounds)
        {
            resolved.Volume = VolumeOf(entry.Min, entry.Max);
            if (!resolved.Volume.Center.IsFinite || !double.IsFinite(resolved.Volume.HalfLengths.LengthSquared))
            {
                _document.Warn(entry, "has bounds out of the range of numbers; the entry is skipped");
                resolved.Dropped = true;
                return;
            }
            var (min, max) = resolved.Volume.AxisAlignedBounds();
            _all = _all.With(min, max);
            if (entry.Tier == SemanticTier.ExteriorShell)
                _shell = _shell.With(min, max);
            if (_isHierarchical && entry.Node.Length > 0 && !_regions.Add(_document.TextOf(entry.Node), min, max, out resolved.Region))
                _document.Warn(entry, $"has the quadtree_node_id {MessageText.Quoted(_document.TextOf(entry.Node))}, which is of neither format; it is in no region");
        }
        ResolveRadii(entry, ref resolved);
        AddLevels(entry);
        _levels.Add(new(entry.Path, 0, RepresentationKind.Full));
        resolved.Levels = _levels.Count - resolved.FirstLevel;
        _kept++;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ResolveRadii(in WrittenEntry entry, ref Resolved resolved)
    {
        if (entry.Ordinal == WrittenEntry.SharedBucket)
        {
            (resolved.Streaming, resolved.Unload, resolved.Prefetch) = (double.PositiveInfinity, double.PositiveInfinity, double.PositiveInfinity);
            return;
        }
        var streaming = First(entry.StreamingRadius, _defaults.StreamingRadius, DefaultStreamingRadius);
        var unload = First(entry.UnloadRadius, _defaults.UnloadRadius, DefaultUnloadRadius);
        if (unload <= streaming)
        {
            _document.Warn(entry, string.Create(CultureInfo.InvariantCulture,
                $"has an unload_radius of {unload:G6} m, which is not above its streaming_radius of {streaming:G6} m; {streaming * UnloadRatio:G6} m are taken"));
            unload = streaming * UnloadRatio;
        }
        var prefetch = First(entry.PrefetchRadius, _defaults.PrefetchRadius, streaming + (unload - streaming) * 0.5);
        if (entry.PrefetchRadius < streaming || entry.PrefetchRadius > unload)
        {
            _document.Warn(entry, string.Create(CultureInfo.InvariantCulture,
                $"has a prefetch_radius of {entry.PrefetchRadius:G6} m, which is not between its streaming_radius of {streaming:G6} m and its unload_radius of {unload:G6} m; the nearer of these is taken"));
        }
        (resolved.Streaming, resolved.Unload, resolved.Prefetch) = (streaming * _scale, unload * _scale, Math.Clamp(prefetch, streaming, unload) * _scale);
    }

    private static double First(double own, double scene, double otherwise) => double.IsNaN(own) ? double.IsNaN(scene) ? otherwise : scene : own;

    // Coarsest first: HLODs by their distance, then LODs.
    private void AddLevels(in WrittenEntry entry)
    {
        AddLevels(entry, entry.FirstHlod, entry.Hlods, RepresentationKind.Hlod, "hlod_levels", double.PositiveInfinity);
        var hlodFrom = entry.Hlods == 0 ? double.PositiveInfinity : _levels[^1].SwitchDistance;
        AddLevels(entry, entry.FirstLod, entry.Lods, RepresentationKind.Lod, "lod_levels", hlodFrom);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddLevels(in WrittenEntry entry, int first, int count, RepresentationKind kind, string list, double below)
    {
        if (count == 0)
            return;
        _sorting.Clear();
        var isSorted = true;
        for (var i = first; i < first + count; i++)
        {
            var level = _document.Levels[i];
            isSorted &= i == first || level.SwitchDistance >= _document.Levels[i - 1].SwitchDistance;

            // Kept in order as they come; those of one distance stay as they are written.
            var at = _sorting.Count;
            while (at > 0 && _sorting[at - 1].SwitchDistance > level.SwitchDistance)
                at--;
            _sorting.Insert(at, level);
        }
        if (!isSorted)
            _document.Warn(entry, $"has {list} that are not sorted by switch_distance; they are taken in order");
        for (var i = count - 1; i >= 0; i--)
        {
            var level = _sorting[i];
            if (level.SwitchDistance < below)
                _levels.Add(new(level.Path, level.SwitchDistance, kind));
            else
            {
                _document.Warn(entry, string.Create(CultureInfo.InvariantCulture,
                    $"has a LOD from {level.SwitchDistance:G6} m on, where its HLOD is shown from {below:G6} m on; the LOD is never shown and is skipped"));
            }
        }
    }

    // All entries are resolved: the root and the table can be made.
    private bool Begin()
    {
        if (_kept == 0)
        {
            var first = _document.Warnings.Count > 0 ? $" ({_document.Warnings[0]})" : "";
            _document.Error ??= $"{_document.Uri}: has no tile that can be used{first}";
            return false;
        }
        if (_all.IsEmpty)
            _all = new(Vector3d.Zero, Vector3d.Zero);
        var volume = BoundingVolume.AxisAligned(_all.Min, _all.Max);
        _table = new(_kept, _levels.Count, _regions.Count)
        {
            Up = Direction(Vector3d.UnitZ),
            InteriorZone = _document.InteriorZone is var (min, max) ? VolumeOf(min, max) : _shell.IsEmpty ? null : BoundingVolume.AxisAligned(_shell.Min, _shell.Max),
            TileSize = _document.TileSize is { } size ? new Vector3d(size.X, size.Z, size.Y) * _scale : null,
        };
        _regions.CopyTo(_table);
        _builder.Document = _table;

        // As if everything were wrong by the scene's size: it is refined wherever anything of it could be seen.
        RootError = 2 * volume.Radius;
        foreach (var level in _levels)
            RootError = Math.Max(RootError, ManifestErrors.ShownFrom(level.SwitchDistance * _scale));
        _builder.AddTile(-1, volume, RootError, Refinement.Add, Transform3d.Identity);
        (_next, _kept) = (0, 0);
        return true;
    }

    private Vector3d Direction(Vector3d direction) => _frame.Direction(direction).Normalized();

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Place(int index)
    {
        ref readonly var entry = ref _document.EntrySpan[index];
        ref readonly var resolved = ref _resolved[index];
        if (resolved.Dropped)
            return;
        var table = _table!;
        var number = _kept++;
        var volume = entry.HasBounds ? resolved.Volume : BoundingVolume.AxisAligned(_all.Min, _all.Max);
        table.Center[number] = entry.HasCenter ? _frame.Point(ToZUp(entry.Center)) : volume.Center;
        (table.StreamingRadius[number], table.UnloadRadius[number], table.PrefetchRadius[number]) = (resolved.Streaming, resolved.Unload, resolved.Prefetch);
        (table.Priority[number], table.Floor[number]) = (entry.Priority ?? _defaults.Priority ?? 0, entry.Floor ?? ProximityTable.NoFloor);
        (table.Tier[number], table.IsInterior[number], table.IsShared[number]) = (entry.Tier, entry.IsInterior, entry.Ordinal == WrittenEntry.SharedBucket);
        (table.FileBytes[number], table.Region[number]) = (entry.FileBytes, resolved.Region);
        table.FirstRepresentation[number + 1] = table.FirstRepresentation[number] + resolved.Levels;
        var parent = 0;
        for (var i = 0; i < resolved.Levels; i++)
        {
            var level = _levels[resolved.FirstLevel + i];
            var from = level.SwitchDistance * _scale;
            var representation = table.FirstRepresentation[number] + i;
            (table.SwitchDistance[representation], table.Kind[representation]) = (from, level.Kind);
            parent = _builder.AddTile(parent, volume, ManifestErrors.ShownFrom(from), Refinement.Replace, _frame * ContentFrame.ToTile(UpAxis.Y));
            _builder.SetNote(parent, number + 1);
            var path = FileReference.Of(_document.TextOf(level.Path));
            var bytes = level.Kind == RepresentationKind.Full ? (uint)Math.Min(entry.FileBytes, uint.MaxValue) : 0;
            _builder.AddContent(parent, path, ContentFamily.Mesh, ContentKinds.FormatOf(path), bytes);
        }
    }

    private BoundingVolume VolumeOf(Vector3d min, Vector3d max)
    {
        var volume = BoundingVolume.AxisAligned(new(min.X, -max.Z, min.Y), new(max.X, -min.Z, max.Y));
        return _frame == Transform3d.Identity ? volume : volume.Transformed(_frame);
    }

    private static Vector3d ToZUp(Vector3d p) => new(p.X, -p.Z, p.Y);
}
