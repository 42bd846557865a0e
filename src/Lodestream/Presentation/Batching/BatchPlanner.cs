using System.Diagnostics;
using Lodestream.Geometry;
using Lodestream.Selection;

namespace Lodestream.Presentation.Batching;

/// <summary>
/// Decides which meshes on screen are merged into one, so that a scene of many small meshes is drawn with few calls. Meshes of one
/// cell, material, level of detail and channel form a group; a group of two or more is built by the host aside, swapped in when it is
/// there, and dropped in the very frame in which one of its meshes leaves. At any time a mesh is drawn by itself or by exactly one
/// batch. A tick looks at, starts and swaps in no more than the options allow, and in steady state allocates nothing.
/// </summary>
/// <remarks>Time is counted in ticks. It draws nothing: the host does what <see cref="Tick"/> commands, and answers.</remarks>
public sealed partial class BatchPlanner
{
    private readonly record struct GroupKey(int Cell, int Material, int Lod, int Channel);

    private const int None = -1;

    private readonly BatchOptions _options;
    private readonly BatchPool<PlacedMesh> _meshes = new();
    private readonly BatchPool<BatchGroup> _groups = new();
    private readonly BatchPool<CellState> _cells = new();
    private readonly BatchPool<BatchRecord> _batches = new();
    private readonly Dictionary<int, PlacedContent> _contents = [];
    private readonly Dictionary<BatchCell, int> _cellOf = [];
    private readonly Dictionary<GroupKey, int> _groupOf = [];
    private readonly List<BatchCommand> _commands = [], _given = [];
    private readonly List<int> _dirty = [], _built = [], _releasing = [];
    private readonly BatchViews _views = new();

    // Of the tick that comes or runs.
    private long _frame = 1;

    /// <summary>Makes a planner without any mesh.</summary>
    /// <param name="options">Options; defaults where null.</param>
    /// <exception cref="ArgumentException">An option is out of its range; the message names it.</exception>
    public BatchPlanner(BatchOptions? options = null)
    {
        _options = options ?? new();
        _options.Validate();
    }

    /// <summary>Meshes that could be batched.</summary>
    public int Meshes { get; private set; }

    /// <summary>Meshes that batches draw.</summary>
    public int BatchedMeshes { get; private set; }

    /// <summary>Batches on screen.</summary>
    public int DrawnBatches { get; private set; }

    /// <summary>Batches that the host builds.</summary>
    public int Building { get; private set; }

    /// <summary>Bytes that batches hold: on screen, being built, waiting for their turn, and not released yet.</summary>
    public long MemoryBytes { get; private set; }

    /// <summary>Whether the next tick has something to do even if nothing happens before.</summary>
    public bool NeedsTick => _dirty.Count + _built.Count + _releasing.Count + _commands.Count > 0;

    /// <summary>A content is drawn, whole and once: its meshes may be batched from now on.</summary>
    /// <param name="content">The content.</param>
    /// <param name="place">Where its meshes belong.</param>
    /// <param name="toScene">From the content's frame to the scene's.</param>
    /// <param name="meshes">Its meshes, all of them.</param>
    /// <param name="arrivedWhole">Whether all of its tile came with it: then nothing more is waited for.</param>
    /// <exception cref="ArgumentException">The content is placed already.</exception>
    public void Place(int content, in BatchPlace place, in Transform3d toScene, ReadOnlySpan<BatchMesh> meshes, bool arrivedWhole)
    {
        if (_contents.ContainsKey(content))
            throw new ArgumentException($"Content {content} is placed already; remove it first.", nameof(content));
        var cell = CellOf(place.Cell);
        _cells[cell].Contents++;
        var (first, last) = (None, None);
        for (var i = 0; i < meshes.Length; i++)
        {
            if (meshes[i].Obstacles != BatchObstacles.None || meshes[i] is not { Vertices: > 0, Indices: > 0 })
                continue;
            var mesh = AddMesh(new(content, i), meshes[i], new(cell, meshes[i].Material, place.Lod, place.Channel), toScene);
            if (first == None)
                first = mesh;
            else
                _meshes[last].NextOfContent = mesh;
            last = mesh;
        }
        _contents.Add(content, new() { Cell = cell, FirstMesh = first });
        if (first != None)
            Change(cell, arrivedWhole);
    }

    /// <summary>A content is drawn no more, or not whole any more: what batches draw of it they drop in this frame.</summary>
    /// <param name="content">The content; nothing happens if it is not placed.</param>
    public void Remove(int content)
    {
        if (!_contents.Remove(content, out var placed))
            return;
        if (placed.FirstMesh != None)
            Change(placed.Cell, arrivedWhole: false);
        for (var mesh = placed.FirstMesh; mesh != None;)
        {
            var next = _meshes[mesh].NextOfContent;
            RemoveMesh(mesh);
            mesh = next;
        }
        if (--_cells[placed.Cell].Contents == 0)
            RemoveCell(placed.Cell);
    }

    /// <summary>The host has merged a batch and waits for it to be swapped in. An answer that is not waited for any more is ignored.</summary>
    public void Built(int batch, int epoch)
    {
        if (!Answers(batch, epoch))
            return;
        ref var record = ref _batches[batch];
        if (record.IsDropped)
        {
            Release(batch);
            return;
        }
        record.State = BatchState.Built;
        _built.Add(batch);
    }

    /// <summary>The host could not merge a batch, or stopped: its group is left as it is until it changes.</summary>
    public void Failed(int batch, int epoch)
    {
        if (!Answers(batch, epoch))
            return;
        ref var record = ref _batches[batch];
        if (!record.IsDropped)
        {
            ref var group = ref _groups[record.Group];
            (group.Coming, group.IsStale) = (None, false);
        }
        Release(batch);
    }

    /// <summary>The host lost all it drew: nothing is placed any more, and no answer is waited for.</summary>
    public void Clear()
    {
        foreach (var (_, cell) in _cellOf)
            _cells.Remove(cell);
        foreach (var (_, group) in _groupOf)
            _groups.Remove(group);
        for (var mesh = 0; mesh < _meshes.Extent; mesh++)
        {
            // Free places have none.
            if (_meshes[mesh].Vertices > 0)
                _meshes.Remove(mesh);
        }
        for (var batch = 0; batch < _batches.Extent; batch++)
        {
            if (_batches[batch].State != BatchState.None)
                _batches.Remove(batch);
        }
        _contents.Clear();
        _cellOf.Clear();
        _groupOf.Clear();
        foreach (var list in (ReadOnlySpan<List<int>>)[_dirty, _built, _releasing])
            list.Clear();
        _commands.Clear();
        (Meshes, BatchedMeshes, DrawnBatches, Building, MemoryBytes, _awaitingMemory) = (0, 0, 0, 0, 0, 0);
    }

    /// <summary>Runs a frame: releases what is due, swaps in what is there, starts builds.</summary>
    /// <param name="views">The frame's cameras.</param>
    /// <returns>What the host is to do, in order; what changed since the last tick comes first. Void with the next tick.</returns>
    public ReadOnlySpan<BatchCommand> Tick(ReadOnlySpan<View> views)
    {
        ReleaseWhatIsDue();
        SwapIn();
        Look(views);
        StartBuilds();
        _frame++;
        _given.Clear();
        _given.AddRange(_commands);
        _commands.Clear();
        return System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_given);
    }

    /// <summary>What a batch is merged of; the first of them gives it its material.</summary>
    public ReadOnlySpan<BatchMember> MembersOf(int batch) => _batches[batch].Members;

    /// <summary>The box around a batch, scene frame.</summary>
    public BatchBounds BoundsOf(int batch) => _batches[batch].Bounds;

    private bool Answers(int batch, int epoch)
    {
        if ((uint)batch >= (uint)_batches.Extent || _batches[batch].State != BatchState.Building || _batches[batch].Epoch != epoch)
            return false;
        Building--;
        return true;
    }

    private void ReleaseWhatIsDue()
    {
        var kept = 0;
        for (var i = 0; i < _releasing.Count; i++)
        {
            if (_batches[_releasing[i]].ReleaseFrame <= _frame)
                Release(_releasing[i]);
            else
                _releasing[kept++] = _releasing[i];
        }
        _releasing.RemoveRange(kept, _releasing.Count - kept);
    }

    // What does not fit may fit now.
    private void Release(int batch)
    {
        ref var record = ref _batches[batch];
        _commands.Add(new(BatchCommandKind.Release, batch, record.Epoch));
        MemoryBytes -= record.Bytes;
        _batches.Remove(batch);
        if (_awaitingMemory == 0)
            return;
        _awaitingMemory = 0;
        foreach (var (_, cell) in _cellOf)
        {
            if (_cells[cell].AwaitsMemory)
                MarkDirty(cell);
            _cells[cell].AwaitsMemory = false;
        }
    }

    private void SwapIn()
    {
        var count = Math.Min(_built.Count, _options.SwapsPerTick);
        for (var i = 0; i < count; i++)
            SwapIn(_built[i]);
        _built.RemoveRange(0, count);
    }

    private void SwapIn(int batch)
    {
        ref var record = ref _batches[batch];
        ref var group = ref _groups[record.Group];
        Debug.Assert(record.Epoch == _cells[record.Cell].Epoch, "What was built for another state of its cell must have been dropped when that changed.");
        if (group.Drawn != None)
            DropDrawn(group.Drawn);
        for (var mesh = group.FirstMesh; mesh != None; mesh = _meshes[mesh].Next)
            _meshes[mesh].DrawnBy = batch;
        (group.Drawn, group.Coming, group.IsStale) = (batch, None, false);
        record.State = BatchState.Drawn;
        BatchedMeshes += group.Meshes;
        DrawnBatches++;
        _commands.Add(new(BatchCommandKind.SwapIn, batch, record.Epoch));
    }
}
