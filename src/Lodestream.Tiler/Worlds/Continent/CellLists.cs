namespace Lodestream.Tiler.Worlds.Continent;

/// <summary>A rectangle along the axes, metres from a grid's south-west corner.</summary>
internal readonly record struct CellBounds(double X0, double Y0, double X1, double Y1);

/// <summary>Which of many things reach into each cell of a square grid. What lies beyond its rim counts for the cells there.</summary>
internal sealed class CellLists
{
    private readonly int[] _starts, _things;
    private readonly double _side;

    /// <summary>Sorts things into cells; within a cell they keep their order.</summary>
    /// <param name="across">Cells along the side.</param>
    /// <param name="side">Side of a cell, metres.</param>
    /// <param name="count">Number of things.</param>
    /// <param name="boundsOf">How far a thing reaches, by its number.</param>
    public CellLists(int across, double side, int count, Func<int, CellBounds> boundsOf)
    {
        (Across, _side) = (across, side);
        _starts = new int[across * across + 1];
        ForEachCell(count, boundsOf, (cell, _) => _starts[cell + 1]++);
        for (var i = 1; i < _starts.Length; i++)
            _starts[i] += _starts[i - 1];
        _things = new int[_starts[^1]];
        var next = (int[])_starts.Clone();
        ForEachCell(count, boundsOf, (cell, thing) => _things[next[cell]++] = thing);
    }

    /// <summary>Cells along the side.</summary>
    public int Across { get; }

    /// <summary>The things of a cell, by their numbers.</summary>
    public ReadOnlySpan<int> this[int x, int y] => _things.AsSpan(_starts[y * Across + x].._starts[y * Across + x + 1]);

    /// <summary>The row or column of cells at so many metres; the nearest one beyond the rim.</summary>
    public int CellOf(double metres) => Math.Clamp((int)Math.Floor(metres / _side), 0, Across - 1);

    private void ForEachCell(int count, Func<int, CellBounds> boundsOf, Action<int, int> visit)
    {
        for (var thing = 0; thing < count; thing++)
        {
            var bounds = boundsOf(thing);
            int x0 = CellOf(bounds.X0), x1 = CellOf(bounds.X1), y0 = CellOf(bounds.Y0), y1 = CellOf(bounds.Y1);
            for (var y = y0; y <= y1; y++)
            {
                for (var x = x0; x <= x1; x++)
                    visit(y * Across + x, thing);
            }
        }
    }
}
