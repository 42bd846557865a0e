using Lodestream.Geometry;

namespace Lodestream.Presentation.Batching;

/// <summary>What is in the cells, and what a change of it undoes.</summary>
public sealed partial class BatchPlanner
{
    private int CellOf(BatchCell key)
    {
        if (_cellOf.TryGetValue(key, out var cell))
            return cell;
        cell = _cells.Add();
        _cells[cell] = new() { Key = key, IsUsed = true, FirstGroup = None, SeenFrame = long.MinValue / 2, LookedFrame = None, Bounds = BatchBounds.Nothing, Epoch = ++_lastEpoch };
        _cellOf.Add(key, cell);
        return cell;
    }

    private void RemoveCell(int cell)
    {
        if (_cells[cell].IsDirty)
            _dirty.Remove(cell);
        _cellOf.Remove(_cells[cell].Key);
        _cells.Remove(cell);
    }

    private int AddMesh(BatchMember member, in BatchMesh mesh, GroupKey key, in Transform3d toScene)
    {
        var index = _meshes.Add();
        var group = GroupOf(key);
        var bounds = Moved(mesh, toScene);
        ref var g = ref _groups[group];
        _meshes[index] = new()
        {
            Member = member,
            Group = group,
            DrawnBy = None,
            NextOfContent = None,
            Previous = g.LastMesh,
            Next = None,
            Vertices = mesh.Vertices,
            Indices = mesh.Indices,
            Bytes = mesh.Bytes,
            Bounds = bounds,
        };
        if (g.LastMesh == None)
            g.FirstMesh = index;
        else
            _meshes[g.LastMesh].Next = index;
        g.LastMesh = index;
        g.IsStale = true;
        Count(ref g, ref _cells[key.Cell], _meshes[index], 1);
        ref var cell = ref _cells[key.Cell];
        cell.Bounds = cell.Bounds.With(bounds);
        return index;
    }

    private void RemoveMesh(int mesh)
    {
        ref var record = ref _meshes[mesh];
        ref var group = ref _groups[record.Group];
        if (record.DrawnBy != None)
            DropDrawn(record.DrawnBy);
        if (record.Previous == None)
            group.FirstMesh = record.Next;
        else
            _meshes[record.Previous].Next = record.Next;
        if (record.Next == None)
            group.LastMesh = record.Previous;
        else
            _meshes[record.Next].Previous = record.Previous;
        group.IsStale = true;
        Count(ref group, ref _cells[group.Cell], record, -1);
        if (group.Meshes == 0)
            RemoveGroup(record.Group);
        _meshes.Remove(mesh);
    }

    private void Count(ref BatchGroup group, ref CellState cell, in PlacedMesh mesh, int sign)
    {
        Meshes += sign;
        group.Meshes += sign;
        group.Vertices += sign * mesh.Vertices;
        group.Indices += sign * mesh.Indices;
        group.Bytes += sign * mesh.Bytes;
        cell.Vertices += sign * mesh.Vertices;
        cell.Indices += sign * mesh.Indices;
        cell.Bytes += sign * mesh.Bytes;
    }

    private int GroupOf(GroupKey key)
    {
        if (_groupOf.TryGetValue(key, out var group))
            return group;
        group = _groups.Add();
        ref var cell = ref _cells[key.Cell];
        _groups[group] = new()
        {
            Cell = key.Cell, NextOfCell = cell.FirstGroup, Material = key.Material, Lod = key.Lod, Channel = key.Channel, FirstMesh = None, LastMesh = None, Drawn = None, Coming = None,
        };
        cell.FirstGroup = group;
        _groupOf.Add(key, group);
        return group;
    }

    // Its batches were dropped with its meshes and with the cell's change.
    private void RemoveGroup(int group)
    {
        ref readonly var removed = ref _groups[group];
        ref var cell = ref _cells[removed.Cell];
        if (cell.FirstGroup == group)
            cell.FirstGroup = removed.NextOfCell;
        else
        {
            var before = cell.FirstGroup;
            while (_groups[before].NextOfCell != group)
                before = _groups[before].NextOfCell;
            _groups[before].NextOfCell = removed.NextOfCell;
        }
        _groupOf.Remove(new(removed.Cell, removed.Material, removed.Lod, removed.Channel));
        _groups.Remove(group);
    }

    // A new epoch: what is on its way was begun for the one before.
    private void Change(int cell, bool arrivedWhole)
    {
        ref var changed = ref _cells[cell];
        changed.Epoch = ++_lastEpoch;
        changed.ChangedFrame = _frame;
        changed.ArrivedWhole = arrivedWhole && (!changed.IsDirty || changed.ArrivedWhole);
        for (var group = changed.FirstGroup; group != None; group = _groups[group].NextOfCell)
        {
            if (_groups[group].Coming != None)
                DropComing(group);
        }
        MarkDirty(cell);
    }

    private void MarkDirty(int cell)
    {
        ref var marked = ref _cells[cell];
        if (marked.IsDirty)
            return;
        (marked.IsDirty, marked.DirtySince) = (true, _frame);
        _dirty.Add(cell);
    }

    private void DropComing(int group)
    {
        var batch = _groups[group].Coming;
        (_groups[group].Coming, _groups[group].IsStale) = (None, true);
        ref var record = ref _batches[batch];
        if (record.State == BatchState.Built)
        {
            _built.Remove(batch);
            Release(batch);
            return;
        }

        // The host may be at work on it: its memory counts until it answers.
        record.IsDropped = true;
        _commands.Add(new(BatchCommandKind.Drop, batch, record.Epoch));
    }

    private void DropDrawn(int batch)
    {
        ref var record = ref _batches[batch];
        ref var group = ref _groups[record.Group];
        for (var mesh = group.FirstMesh; mesh != None; mesh = _meshes[mesh].Next)
        {
            if (_meshes[mesh].DrawnBy != batch)
                continue;
            _meshes[mesh].DrawnBy = None;
            BatchedMeshes--;
        }
        (group.Drawn, group.IsStale) = (None, true);
        DrawnBatches--;
        (record.State, record.ReleaseFrame) = (BatchState.Releasing, _frame + _options.ReleaseFrames);
        _releasing.Add(batch);
        _commands.Add(new(BatchCommandKind.Drop, batch, record.Epoch));
    }

    private static BatchBounds Moved(in BatchMesh mesh, in Transform3d toScene)
    {
        var (min, max) = BoundingVolume.AxisAligned(mesh.Min, mesh.Max).Transformed(toScene).AxisAlignedBounds();
        return new(min, max);
    }
}
