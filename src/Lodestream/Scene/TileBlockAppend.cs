namespace Lodestream.Scene;

/// <summary>An append in progress: a large block is placed over several ticks and linked at the end.</summary>
internal struct TileBlockAppend
{
    private readonly TileTree _tree;
    private int _next;

    internal TileBlockAppend(TileTree tree, TileBlock block, int parent, int number, int first, int firstSlot, int firstOrientation, int firstTransform)
    {
        (_tree, Block, Parent, Number, First, FirstSlot, FirstOrientation, FirstTransform) = (tree, block, parent, number, first, firstSlot, firstOrientation, firstTransform);
        BaseLevel = (short)(tree.Links[parent].Level + 1);
    }

    public TileBlock Block { get; }

    public int Parent { get; }

    public int Number { get; }

    public int First { get; }

    public int FirstSlot { get; }

    public short BaseLevel { get; }

    /// <summary>Where the block's second orientation and transform went in the tree's tables; the first ones are everybody's.</summary>
    public int FirstOrientation { get; }

    public int FirstTransform { get; }

    /// <summary>Places up to a number of tiles; true when the block is complete and linked.</summary>
    public bool Step(ref int tiles)
    {
        while (_next < Block.TileCount)
        {
            if (tiles-- <= 0)
                return false;
            _tree.PlaceTile(this, _next++);
        }
        _tree.CompleteAppend(this);
        return true;
    }
}
