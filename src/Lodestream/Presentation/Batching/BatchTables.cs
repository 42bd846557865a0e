using Lodestream.Geometry;

namespace Lodestream.Presentation.Batching;

/// <summary>Records in one array with places that are used again: what comes and goes allocates nothing once the array is large enough.</summary>
internal sealed class BatchPool<T>
    where T : struct
{
    private T[] _items = new T[16];
    private int[] _free = new int[16];
    private int _freeCount, _used;

    /// <summary>Places that are or were in use; those that are free hold default values.</summary>
    public int Extent => _used;

    public ref T this[int index] => ref _items[index];

    public int Add()
    {
        if (_freeCount > 0)
            return _free[--_freeCount];
        if (_used == _items.Length)
            Array.Resize(ref _items, _used * 2);
        return _used++;
    }

    public void Remove(int index)
    {
        _items[index] = default;
        if (_freeCount == _free.Length)
            Array.Resize(ref _free, _freeCount * 2);
        _free[_freeCount++] = index;
    }
}

/// <summary>A content whose meshes are in cells.</summary>
internal struct PlacedContent
{
    public int Cell, FirstMesh;
}

/// <summary>A mesh that may be batched.</summary>
internal struct PlacedMesh
{
    public BatchMember Member;
    public int Group;

    /// <summary>The batch that draws it; −1 where it is drawn by itself.</summary>
    public int DrawnBy;

    /// <summary>The next of its content.</summary>
    public int NextOfContent;

    /// <summary>Its neighbours in the group.</summary>
    public int Previous, Next;

    public int Vertices, Indices;
    public long Bytes;
    public BatchBounds Bounds;
}

/// <summary>Meshes of a cell that can become one.</summary>
internal struct BatchGroup
{
    public int Cell, NextOfCell, Material, Lod, Channel;
    public int FirstMesh, LastMesh, Meshes, Vertices, Indices;
    public long Bytes;

    /// <summary>The batch on screen, and the one on its way; −1 for none.</summary>
    public int Drawn, Coming;

    /// <summary>Its meshes are not those of the batch on screen.</summary>
    public bool IsStale;
}

/// <summary>A cell with meshes.</summary>
internal struct CellState
{
    public BatchCell Key;
    public bool IsUsed, IsDirty, AwaitsMemory, ArrivedWhole;

    /// <summary>The frame in which its groups were looked at last.</summary>
    public long LookedFrame;

    public int Epoch, FirstGroup, Contents, Vertices, Indices;
    public long Bytes, ChangedFrame, DirtySince, SeenFrame;
    public BatchBounds Bounds;
}

internal enum BatchState : byte
{
    None,
    Building,
    Built,
    Drawn,
    Releasing,
}

/// <summary>A merged mesh, from the command to build it to that to free it.</summary>
internal struct BatchRecord
{
    public BatchState State;

    /// <summary>Its result is not wanted any more.</summary>
    public bool IsDropped;

    public int Group, Cell, Epoch, Vertices, Indices;
    public long Bytes, ReleaseFrame;
    public BatchBounds Bounds;
    public BatchMember[] Members;
}

/// <summary>What of a frame's views a cell can be in.</summary>
internal sealed class BatchViews
{
    private Frustum[] _frusta = new Frustum[4];
    private int _count;

    public void Take(ReadOnlySpan<Selection.View> views)
    {
        if (_frusta.Length < views.Length)
            _frusta = new Frustum[views.Length];
        _count = 0;
        foreach (ref readonly var view in views)
        {
            if (view.Kind == Selection.ViewKind.Camera)
                _frusta[_count++] = view.Frustum(DeterministicMath.Tan(view.FovY / 2));
        }
    }

    public bool Sees(in BatchBounds bounds)
    {
        if (bounds.IsNothing)
            return false;
        var box = BoundingVolume.AxisAligned(bounds.Min, bounds.Max);
        for (var i = 0; i < _count; i++)
        {
            if (_frusta[i].Intersects(box))
                return true;
        }
        return false;
    }
}
