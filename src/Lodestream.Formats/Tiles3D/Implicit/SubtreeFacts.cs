using Lodestream.Formats.Metadata;

namespace Lodestream.Formats.Tiles3D.Implicit;

/// <summary>What stays of a subtree beside its tiles: whose it is, and, where it has metadata, its tables with their bytes.</summary>
internal sealed class SubtreeFacts(ImplicitTiling tiling, TilePlace root)
{
    public ImplicitTiling Tiling { get; } = tiling;

    public TilePlace Root { get; } = root;

    /// <summary>Metadata of the subtree itself.</summary>
    public MetadataEntity? Entity { get; set; }

    /// <summary>The table of the tiles and which tiles have a row; null where tiles have no metadata.</summary>
    public SubtreeTable? Tiles { get; set; }

    /// <summary>The same by content.</summary>
    public SubtreeTable?[] Contents { get; set; } = [];

    /// <summary>Which tiles have which content, by content; empty where contents have no metadata.</summary>
    public Availability[] ContentAvailability { get; set; } = [];

    /// <summary>The subtree below a tile of the last level.</summary>
    /// <param name="number">Its number among all that could be there, in Morton order.</param>
    public SubtreeReference ChildSubtree(int number)
    {
        var place = Root;
        var bits = Tiling.IsOctree ? 3 : 2;
        for (var level = Tiling.SubtreeLevels - 1; level >= 0; level--)
            place = place.Child(number >> (level * bits) & (Tiling.ChildCount - 1));
        return new(Tiling, place);
    }

    /// <summary>Metadata of a tile.</summary>
    /// <param name="bit">The tile's bit in the subtree's availability.</param>
    public MetadataEntity? EntityOfTile(int bit) => Tiles?.EntityOf(bit);

    /// <summary>Metadata of one of a tile's contents: of those that are there, in order.</summary>
    public MetadataEntity? EntityOfContent(int bit, int slot)
    {
        for (var c = 0; c < ContentAvailability.Length; c++)
        {
            if (ContentAvailability[c][bit] && slot-- == 0)
                return Contents[c]?.EntityOf(bit);
        }
        return null;
    }
}

/// <summary>A property table with its bytes, a row for every bit that is set.</summary>
internal sealed class SubtreeTable(PropertyTable table, Availability availability, SubtreeBuffers buffers)
{
    public PropertyTable Table { get; } = table;

    public Availability Availability { get; } = availability;

    public MetadataEntity? EntityOf(int bit)
    {
        if (!Availability[bit])
            return null;
        var row = Availability.CountBefore(bit);
        return row < Table.Count ? new(Table, column => ValueAt(column, row)) : null;
    }

    public MetadataValue ValueAt(PropertyColumn column, int row)
    {
        var bytes = buffers.Of(column);
        return row < column.Rows && column.Check(bytes) is null ? column.Read(row, bytes) : column.Decoder.Missing;
    }

    /// <summary>Looks whether a column can be read.</summary>
    public string? Check(PropertyColumn column) => column.Check(buffers.Of(column));

    /// <summary>The numbers of a column that was checked before, where it is stored as so many.</summary>
    public bool TryNumbersAt(PropertyColumn column, int row, Span<double> into) => row < column.Rows && column.TryReadNumbers(row, buffers.Of(column), into);

    /// <summary>A value of a column that was checked before.</summary>
    public MetadataValue CheckedValueAt(PropertyColumn column, int row) => row < column.Rows ? column.Read(row, buffers.Of(column)) : default;
}
