using Lodestream.Geometry;
using Lodestream.Selection;

namespace Lodestream.Streaming;

/// <summary>
/// How much of a box on screen lies behind nearer boxes. A coarse grid over the viewport keeps in every cell the nearest box that covers the
/// cell whole. Boxes are taken for solid, which buildings are not: an answer orders loads, it never forbids one.
/// </summary>
internal sealed class OcclusionGrid
{
    private const int Columns = 64, Rows = 36;

    private readonly double[] _nearest = new double[Columns * Rows];
    private Vector3d _eye, _right, _up, _forward;
    private double _tanX, _tanY, _near;

    private readonly record struct Rectangle(double Left, double Top, double Right, double Bottom);

    /// <summary>Number of boxes in the grid.</summary>
    public int Count { get; private set; }

    /// <summary>Empties the grid and looks through a view.</summary>
    public void Begin(in View view)
    {
        Count = 0;
        Array.Fill(_nearest, double.PositiveInfinity);
        (_eye, _near) = (view.Position, Math.Max(view.Near, 1e-6));
        _forward = view.Direction.Normalized();
        _right = Vector3d.Cross(_forward, view.Up.Normalized()).Normalized();
        _up = Vector3d.Cross(_right, _forward);
        _tanY = DeterministicMath.Tan(view.FovY / 2);
        _tanX = _tanY * view.ViewportWidth / view.ViewportHeight;
    }

    /// <summary>Puts a box in the way of what is behind it. One around the eye, or partly behind it, hides nothing.</summary>
    public void Add(in BoundingVolume box)
    {
        var distance = box.DistanceTo(_eye);
        if (distance <= 0 || !TryProject(box, out var on))
            return;
        Count++;

        // Cells that are covered whole.
        var (left, right) = ((int)Math.Ceiling(Math.Max(0, on.Left)), (int)Math.Floor(Math.Min(Columns, on.Right)));
        var (top, bottom) = ((int)Math.Ceiling(Math.Max(0, on.Top)), (int)Math.Floor(Math.Min(Rows, on.Bottom)));
        for (var row = top; row < bottom; row++)
        {
            for (var column = left; column < right; column++)
                _nearest[row * Columns + column] = Math.Min(_nearest[row * Columns + column], distance);
        }
    }

    /// <summary>The share of a box on screen that is behind nearer ones; 0 for one around the eye, partly behind it, or off the screen.</summary>
    public double HiddenShare(in BoundingVolume box)
    {
        var distance = box.DistanceTo(_eye);
        if (Count == 0 || distance <= 0 || !TryProject(box, out var on))
            return 0;

        // Cells that are touched.
        var (left, right) = ((int)Math.Floor(Math.Max(0, on.Left)), (int)Math.Ceiling(Math.Min(Columns, on.Right)));
        var (top, bottom) = ((int)Math.Floor(Math.Max(0, on.Top)), (int)Math.Ceiling(Math.Min(Rows, on.Bottom)));
        var (hidden, all) = (0, 0);
        for (var row = top; row < bottom; row++)
        {
            for (var column = left; column < right; column++)
            {
                all++;
                hidden += _nearest[row * Columns + column] < distance ? 1 : 0;
            }
        }
        return all == 0 ? 0 : (double)hidden / all;
    }

    // In cells, y down.
    private bool TryProject(in BoundingVolume box, out Rectangle on)
    {
        var (left, top, right, bottom) = (double.PositiveInfinity, double.PositiveInfinity, double.NegativeInfinity, double.NegativeInfinity);
        on = default;
        for (var corner = 0; corner < 8; corner++)
        {
            var half = box.HalfLengths;
            var point = box.Center - _eye
                + box.AxisX * ((corner & 1) == 0 ? -half.X : half.X)
                + box.AxisY * ((corner & 2) == 0 ? -half.Y : half.Y)
                + box.AxisZ * ((corner & 4) == 0 ? -half.Z : half.Z);
            var depth = Vector3d.Dot(point, _forward);
            if (depth < _near)
                return false;
            var x = (Vector3d.Dot(point, _right) / (depth * _tanX) + 1) * (Columns / 2.0);
            var y = (1 - Vector3d.Dot(point, _up) / (depth * _tanY)) * (Rows / 2.0);
            (left, right) = (Math.Min(left, x), Math.Max(right, x));
            (top, bottom) = (Math.Min(top, y), Math.Max(bottom, y));
        }
        on = new(left, top, right, bottom);
        return right > 0 && left < Columns && bottom > 0 && top < Rows;
    }
}
