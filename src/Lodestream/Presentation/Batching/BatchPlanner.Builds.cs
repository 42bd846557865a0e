using Lodestream.Selection;

namespace Lodestream.Presentation.Batching;

/// <summary>Which cells are built next, and how much of them a tick takes.</summary>
public sealed partial class BatchPlanner
{
    // Clean cells whose sight is looked after per tick: when it was seen last matters to a few frames in a hundred.
    private const int SightsPerTick = 16;

    private int _awaitingMemory, _lastEpoch, _nextSight;
    private TickBudget _left;

    private struct TickBudget
    {
        public int Builds, Vertices, Indices;
        public long Bytes;

        public readonly bool Holds(in BatchGroup group) => Builds > 0 && group.Vertices <= Vertices && group.Indices <= Indices && group.Bytes <= Bytes;
    }

    private void Look(ReadOnlySpan<View> views)
    {
        if (_cellOf.Count == 0)
            return;
        _views.Take(views);
        foreach (var cell in _dirty)
            Look(ref _cells[cell]);
        for (var i = Math.Min(SightsPerTick, _cells.Extent); i > 0; i--)
        {
            _nextSight = _nextSight + 1 < _cells.Extent ? _nextSight + 1 : 0;
            if (_cells[_nextSight].IsUsed)
                Look(ref _cells[_nextSight]);
        }
    }

    private void Look(ref CellState cell)
    {
        if (_views.Sees(cell.Bounds))
            cell.SeenFrame = _frame;
    }

    private void StartBuilds()
    {
        _left = WholeTick;
        for (var looked = 0; looked < _options.CellsPerTick && _left.Builds > 0; looked++)
        {
            var cell = NextCell();
            if (cell == None)
                return;
            _cells[cell].LookedFrame = _frame;
            if (IsTooLarge(_cells[cell]))
                DropAll(cell);
            else if (Start(cell))
                continue;
            _cells[cell].IsDirty = false;
            _dirty.Remove(cell);
        }
    }

    private int NextCell()
    {
        var best = None;
        foreach (var cell in _dirty)
        {
            ref readonly var candidate = ref _cells[cell];
            if (candidate.LookedFrame != _frame && IsQuiet(candidate) && (best == None || GoesBefore(cell, best)))
                best = cell;
        }
        return best;
    }

    private bool IsQuiet(in CellState cell) => cell.ArrivedWhole || _frame - cell.ChangedFrame >= _options.QuiescenceFrames;

    // What is seen before what was, what was before the rest; small before large; old before new.
    private bool GoesBefore(int cell, int other)
    {
        ref readonly var a = ref _cells[cell];
        ref readonly var b = ref _cells[other];
        var (sightA, sightB) = (Sight(a), Sight(b));
        if (sightA != sightB)
            return sightA < sightB;
        if (a.Vertices != b.Vertices)
            return a.Vertices < b.Vertices;
        return a.DirtySince != b.DirtySince ? a.DirtySince < b.DirtySince : cell < other;
    }

    private int Sight(in CellState cell) => cell.SeenFrame == _frame ? 0 : _frame - cell.SeenFrame <= _options.RecentFrames ? 1 : 2;

    private bool IsTooLarge(in CellState cell) => cell.Vertices > _options.CellVertices || cell.Indices > _options.CellIndices || cell.Bytes > _options.CellBytes;

    private void DropAll(int cell)
    {
        for (var group = _cells[cell].FirstGroup; group != None; group = _groups[group].NextOfCell)
        {
            if (_groups[group].Drawn != None)
                DropDrawn(_groups[group].Drawn);
        }
    }

    /// <summary>Starts builds of a cell's groups.</summary>
    /// <returns>Whether some of it must wait for the next tick.</returns>
    private bool Start(int cell)
    {
        var isLeft = false;
        for (var index = _cells[cell].FirstGroup; index != None; index = _groups[index].NextOfCell)
        {
            ref var group = ref _groups[index];
            if (!group.IsStale || group.Coming != None)
                continue;
            if (group.Meshes < _options.LeastMeshes || !WholeTick.Holds(group))
                group.IsStale = false;
            else if (!_left.Holds(group))
                isLeft = true;
            else if (MemoryBytes + group.Bytes <= _options.MemoryBytes)
                Start(index, ref group);
            else
                AwaitMemory(ref _cells[cell]);
        }
        return isLeft;
    }

    private TickBudget WholeTick => new() { Builds = _options.BuildsPerTick, Vertices = _options.VerticesPerTick, Indices = _options.IndicesPerTick, Bytes = _options.BytesPerTick };

    private void AwaitMemory(ref CellState cell)
    {
        _awaitingMemory += cell.AwaitsMemory ? 0 : 1;
        cell.AwaitsMemory = true;
    }

    private void Start(int index, ref BatchGroup group)
    {
        var batch = _batches.Add();
        var members = new BatchMember[group.Meshes];
        var (bounds, count) = (BatchBounds.Nothing, 0);
        for (var mesh = group.FirstMesh; mesh != None; mesh = _meshes[mesh].Next)
        {
            members[count++] = _meshes[mesh].Member;
            bounds = bounds.With(_meshes[mesh].Bounds);
        }
        _batches[batch] = new()
        {
            State = BatchState.Building,
            Group = index,
            Cell = group.Cell,
            Epoch = _cells[group.Cell].Epoch,
            Vertices = group.Vertices,
            Indices = group.Indices,
            Bytes = group.Bytes,
            Bounds = bounds,
            Members = members,
        };
        group.Coming = batch;
        Building++;
        MemoryBytes += group.Bytes;
        _left.Builds--;
        _left.Vertices -= group.Vertices;
        _left.Indices -= group.Indices;
        _left.Bytes -= group.Bytes;
        _commands.Add(new(BatchCommandKind.Build, batch, _cells[group.Cell].Epoch));
    }
}
