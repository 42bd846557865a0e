namespace Lodestream.Presentation.Labels;

/// <summary>Boxes on the screen, found by the cells of a grid they touch.</summary>
internal sealed class ScreenGrid
{
    // A label is one to three cells wide and one high.
    private const float CellPx = 64;

    private float _offset;
    private int _columns, _rows;
    private int[] _first = [];
    private float[] _left = new float[128], _top = new float[128], _right = new float[128], _bottom = new float[128];
    private int[] _next = new int[512], _box = new int[512];
    private int _boxes, _links;

    /// <summary>Forgets all boxes.</summary>
    /// <param name="width">Width of the screen, pixels.</param>
    /// <param name="height">Height of the screen, pixels.</param>
    /// <param name="margin">How far beyond its edges boxes lie at most; what lies farther counts as at the edge.</param>
    public void Clear(double width, double height, float margin)
    {
        _offset = margin;
        _columns = (int)((width + 2 * margin) / CellPx) + 1;
        _rows = (int)((height + 2 * margin) / CellPx) + 1;
        if (_first.Length < _columns * _rows)
            _first = new int[_columns * _rows];
        Array.Clear(_first, 0, _columns * _rows);
        (_boxes, _links) = (0, 0);
    }

    /// <summary>Whether nothing overlaps a box.</summary>
    public bool IsFree(float left, float top, float right, float bottom)
    {
        int x1 = Column(right), y1 = Row(bottom);
        for (var y = Row(top); y <= y1; y++)
        {
            for (var x = Column(left); x <= x1; x++)
            {
                for (var link = _first[y * _columns + x] - 1; link >= 0; link = _next[link] - 1)
                {
                    var box = _box[link];
                    if (left < _right[box] && right > _left[box] && top < _bottom[box] && bottom > _top[box])
                        return false;
                }
            }
        }
        return true;
    }

    /// <summary>Adds a box.</summary>
    public void Add(float left, float top, float right, float bottom)
    {
        if (_boxes == _left.Length)
            GrowBoxes();
        (_left[_boxes], _top[_boxes], _right[_boxes], _bottom[_boxes]) = (left, top, right, bottom);
        int x1 = Column(right), y1 = Row(bottom);
        for (var y = Row(top); y <= y1; y++)
        {
            for (var x = Column(left); x <= x1; x++)
                Link(y * _columns + x);
        }
        _boxes++;
    }

    private void Link(int cell)
    {
        if (_links == _next.Length)
        {
            Array.Resize(ref _next, _links * 2);
            Array.Resize(ref _box, _links * 2);
        }
        (_next[_links], _box[_links]) = (_first[cell], _boxes);
        _first[cell] = ++_links;
    }

    private void GrowBoxes()
    {
        Array.Resize(ref _left, _boxes * 2);
        Array.Resize(ref _top, _boxes * 2);
        Array.Resize(ref _right, _boxes * 2);
        Array.Resize(ref _bottom, _boxes * 2);
    }

    private int Column(float x) => Math.Clamp((int)((x + _offset) / CellPx), 0, _columns - 1);

    private int Row(float y) => Math.Clamp((int)((y + _offset) / CellPx), 0, _rows - 1);
}
