using Lodestream.Geometry;
using Lodestream.Scene;

namespace Lodestream.Selection;

/// <summary>
/// Finds a tick's entries: those within the query radius of a view, with their distances, and beyond it those that a view sees and that have
/// something coarser than their full tile. Answers whether an entry is in view and whether its gates are open.
/// </summary>
internal sealed partial class ProximitySearch(ProximityOptions options)
{
    private readonly PreparedView[] _views = new PreparedView[VisibilitySet.MaximumViews];
    private readonly Vector3d[] _ahead = new Vector3d[VisibilitySet.MaximumViews];
    private readonly Stack<(int Cell, bool Inside)> _open = new();
    private Mark[] _marks = [];
    private int[] _near = new int[64];
    private (int First, int Count)[] _far = new (int, int)[64];
    private int _nearCount, _farCount, _viewCount, _search;
    private ProximityIndex _index = null!;
    private bool _insideZone;

    // What the current search found of an entry; stale where its number is another one.
    private struct Mark
    {
        public int NearSearch, FarSearch;
        public ushort Views;
        public double Squared;
    }

    /// <summary>Places of the entries within the query radius, in the order in which they were found.</summary>
    public ReadOnlySpan<int> Near => _near.AsSpan(0, _nearCount);

    /// <summary>Runs of places of those beyond it that a view sees and that have something coarser than their full tile; some may be near another view.</summary>
    public ReadOnlySpan<(int First, int Count)> Far => _far.AsSpan(0, _farCount);

    /// <summary>How many places the runs have.</summary>
    public int FarPlaces { get; private set; }

    /// <summary>Whether no place is both near and far, and runs are measured by <see cref="MeasureFar(int, Span{double}, Span{double})"/>.</summary>
    public bool IsOfOneView => _viewCount == 1 && _index.IsAxisAligned;

    /// <summary>Whether a camera's position was predicted to be another than it is.</summary>
    public bool IsAhead { get; private set; }

    /// <summary>Entries and cells tested.</summary>
    public int Touched { get; private set; }

    /// <summary>Searches.</summary>
    public void Search(TileTree tree, ProximityIndex index, ReadOnlySpan<View> views, ReadOnlySpan<Vector3d> velocities)
    {
        FarPlaces = 0;
        (_index, _nearCount, _farCount, _viewCount, Touched, IsAhead, _insideZone) = (index, 0, 0, views.Length, 0, false, false);
        if (_marks.Length < index.Placed)
            _marks = new Mark[index.Placed];
        _search++;
        for (var v = 0; v < views.Length; v++)
        {
            _views[v] = new(views[v], 1);
            _ahead[v] = views[v].Position;
            if (v < velocities.Length && velocities[v].Length >= options.VelocityLookAheadMinSpeed && views[v].Kind == ViewKind.Camera)
                _ahead[v] += velocities[v] * options.VelocityLookAheadTime;
            IsAhead |= _ahead[v] != views[v].Position;
            _insideZone |= index.Table.InteriorZone is not { } zone || zone.DistanceTo(views[v].Position) <= 0;
        }
        for (var v = 0; v < views.Length && index.Cells.Length > 0; v++)
            SearchFrom(tree, v);
    }

    /// <summary>Whether the entry at a place is within the query radius.</summary>
    public bool IsNear(int place) => _marks[place].NearSearch == _search;

    /// <summary>Whether a view sees the entry at a place, which is beyond its query radius.</summary>
    public bool IsFar(int place)
    {
        if (_viewCount > 1)
            return _marks[place].FarSearch == _search;

        // Of one view alone nothing is marked: its runs are in the order of places.
        var (low, high) = (0, _farCount - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            var (first, count) = _far[middle];
            if (place >= first && place < first + count)
                return true;
            if (place < first)
                high = middle - 1;
            else
                low = middle + 1;
        }
        return false;
    }

    /// <summary>Metres to the centre of an entry that is near.</summary>
    public double DistanceTo(int place) => Math.Sqrt(_marks[place].Squared);

    /// <summary>The views an entry was found from, a bit each; all of them for what is there wherever one looks from.</summary>
    public ushort ViewsOf(int entry) => _viewCount > 1 && _index.PlaceOf[entry] is >= 0 and var place && (IsNear(place) || IsFar(place)) ? _marks[place].Views : (ushort)((1 << _viewCount) - 1);

    /// <summary>Fills in the visit of a coarsest tile that is far.</summary>
    public void MeasureFar(TileTree tree, int place, ref Visit visit)
    {
        visit.Views = _viewCount == 1 ? (ushort)1 : _marks[place].Views;
        Measure(tree, visit.Tile, ref visit);
    }

    /// <summary>Distances and errors of the coarsest tiles of a run, which lie along the scene's axes and are seen by the one camera there is.</summary>
    /// <param name="first">The run's first place.</param>
    /// <param name="distances">Room for the distances, as many as the run has places.</param>
    /// <param name="errors">Room for the errors.</param>
    public void MeasureFar(int first, Span<double> distances, Span<double> errors) => _index.Far.Measure(_views[0], first, distances, errors);

    /// <summary>Whether a camera sees an entry's box with its padding, or a sphere wants it.</summary>
    public bool Sees(TileTree tree, int place)
    {
        for (var v = 0; v < _viewCount; v++)
        {
            if (_views[v].IsCamera ? Sees(tree, _views[v], place) : IsIn(tree, _views[v], place))
                return true;
        }
        return false;
    }

    /// <summary>Whether an entry may start to load, as far as its floor and the building's inside go.</summary>
    public bool IsOpen(int entry)
    {
        var table = _index.Table;
        if (!table.IsInterior[entry])
            return true;
        if (!_insideZone)
            return false;
        if (table.Floor[entry] == ProximityTable.NoFloor)
            return true;
        for (var v = 0; v < _viewCount; v++)
        {
            if (Math.Abs(Vector3d.Dot(_views[v].Position - table.Center[entry], table.Up)) <= options.FloorProximityGate)
                return true;
        }
        return false;
    }

    /// <summary>Sets a visit's distance to its tile and its error on screen, of the views that found it.</summary>
    public void Measure(TileTree tree, int tile, ref Visit visit)
    {
        ref readonly var node = ref tree.NodeArray[tile];
        var turned = (tree.LinkArray[tile].Flags & TileFlags.AxisAligned) == 0;
        (visit.Distance, visit.ErrorPx) = (double.PositiveInfinity, 0);
        for (var v = 0; v < _viewCount; v++)
        {
            ref readonly var view = ref _views[v];
            if ((visit.Views >> v & 1) == 0 || !view.IsCamera)
                continue;
            var distance = Math.Sqrt(turned ? view.SquaredDistanceOriented(node, tree.AxesOf(node.Orientation)) : view.SquaredDistance(node));
            visit.Distance = distance < visit.Distance ? distance : visit.Distance;
            var error = node.GeometricError * view.PixelScale / Math.Max(distance, view.Near);
            visit.ErrorPx = error > visit.ErrorPx ? error : visit.ErrorPx;
        }
    }

    private void SearchFrom(TileTree tree, int v)
    {
        ref readonly var view = ref _views[v];
        var (from, ahead) = (view.Position, _ahead[v]);
        var reach = view.IsCamera ? _index.QueryRadius : view.Radius;
        var squaredReach = reach * reach;
        _open.Push((0, false));
        while (_open.TryPop(out var open))
        {
            ref readonly var cell = ref _index.Cells[open.Cell];
            Touched++;
            var near = view.IsCamera
                ? SquaredDistance(cell, from) <= squaredReach || (IsAhead && SquaredDistance(cell, ahead) <= squaredReach)
                : view.SquaredDistance(cell.Box) <= squaredReach;
            var inside = open.Inside;
            if (!near && (!cell.HasCoarser || !view.IsCamera || (!inside && !view.Sees(cell.Box, out inside))))
                continue;
            if (!near && inside && cell.AllHaveCoarser)
            {
                // Nothing below it can be another thing: its entries lie side by side.
                AddFar(cell.First, cell.Count, v);
                continue;
            }
            if (cell.ChildCount > 0)
            {
                // The first comes off the stack first: places are found in their order.
                for (var child = cell.FirstChild + cell.ChildCount - 1; child >= cell.FirstChild; child--)
                    _open.Push((child, inside));
                continue;
            }
            Touched += cell.Count;
            if (!view.IsCamera)
                SearchSphere(tree, cell, v);
            else if (near)
                SearchNear(tree, cell, v, from, ahead, squaredReach);
            else
                SearchFar(tree, cell, v, inside);
        }
    }

    private void SearchNear(TileTree tree, in ProximityCell cell, int v, Vector3d from, Vector3d ahead, double squaredReach)
    {
        for (var i = cell.First; i < cell.First + cell.Count; i++)
        {
            var center = _index.Centers[i];
            var squared = (center - from).LengthSquared;
            if (IsAhead)
                squared = Math.Min(squared, (center - ahead).LengthSquared);
            if (squared <= squaredReach)
                AddNear(i, v, squared);
            else if (_index.HasCoarser[i] && Sees(tree, _views[v], i))
                AddFar(i, 1, v);
        }
    }

    private void SearchFar(TileTree tree, in ProximityCell cell, int v, bool inside)
    {
        for (var i = cell.First; i < cell.First + cell.Count; i++)
        {
            if (_index.HasCoarser[i] && (inside || Sees(tree, _views[v], i)))
                AddFar(i, 1, v);
        }
    }

    // What reaches into a sphere is to be there whole.
    private void SearchSphere(TileTree tree, in ProximityCell cell, int v)
    {
        for (var i = cell.First; i < cell.First + cell.Count; i++)
        {
            if (IsIn(tree, _views[v], i))
                AddNear(i, v, 0);
        }
    }

    private void AddNear(int place, int v, double squared)
    {
        ref var mark = ref _marks[place];
        if (mark.FarSearch != _search && mark.NearSearch != _search)
            mark.Views = 0;
        mark.Views |= (ushort)(1 << v);
        if (mark.NearSearch == _search)
        {
            mark.Squared = Math.Min(mark.Squared, squared);
            return;
        }
        (mark.NearSearch, mark.Squared) = (_search, squared);
        if (_nearCount == _near.Length)
            Array.Resize(ref _near, _nearCount * 2);
        _near[_nearCount++] = place;
    }

    private void AddFar(int first, int count, int v)
    {
        if (_viewCount == 1)
        {
            AddRun(first, count);
            return;
        }
        for (var place = first; place < first + count; place++)
        {
            ref var mark = ref _marks[place];
            if (mark.FarSearch != _search && mark.NearSearch != _search)
                mark.Views = 0;
            mark.Views |= (ushort)(1 << v);
            if (mark.FarSearch == _search)
                continue;
            mark.FarSearch = _search;
            AddRun(place, 1);
        }
    }

    private void AddRun(int first, int count)
    {
        FarPlaces += count;
        if (_farCount > 0 && _far[_farCount - 1] is var last && last.First + last.Count == first)
        {
            _far[_farCount - 1].Count += count;
            return;
        }
        if (_farCount == _far.Length)
            Array.Resize(ref _far, _farCount * 2);
        _far[_farCount++] = (first, count);
    }

    private bool Sees(TileTree tree, in PreparedView view, int place)
    {
        ref readonly var padded = ref _index.Nodes[place];
        var along = _index.IsAxisAligned || (tree.LinkArray[_index.CoarsestTiles[place]].Flags & TileFlags.AxisAligned) != 0;
        return along ? view.Sees(padded, out _) : view.SeesOriented(padded, tree.AxesOf(padded.Orientation), out _);
    }

    private bool IsIn(TileTree tree, in PreparedView sphere, int place)
    {
        sphere.Sees(tree, _index.CoarsestTiles[place], true, out _, out var squared);
        return squared <= sphere.Radius * sphere.Radius;
    }

    private static double SquaredDistance(in ProximityCell cell, Vector3d point)
    {
        var x = Math.Max(0, Math.Abs(point.X - cell.Center.X) - cell.Half.X);
        var y = Math.Max(0, Math.Abs(point.Y - cell.Center.Y) - cell.Half.Y);
        var z = Math.Max(0, Math.Abs(point.Z - cell.Center.Z) - cell.Half.Z);
        return x * x + y * y + z * z;
    }
}
