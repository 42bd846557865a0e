using System.Numerics;
using Lodestream.Selection;

namespace Lodestream.Diagnostics;

/// <summary>Views in a recording: of each only the fields that are others than in the tick before.</summary>
internal sealed class TraceViews
{
    private const int Fields = 20;

    private readonly double[] _last = new double[Fields * VisibilitySet.MaximumViews];
    private readonly View[] _views = new View[VisibilitySet.MaximumViews];
    private int _count;

    /// <summary>The views of the last tick that was read.</summary>
    public ReadOnlySpan<View> Last => _views.AsSpan(0, _count);

    public void Write(ReadOnlySpan<View> views, TraceBuffer to)
    {
        Span<double> fields = stackalloc double[Fields];
        _count = Math.Min(views.Length, VisibilitySet.MaximumViews);
        to.Byte((byte)_count);
        for (var v = 0; v < _count; v++)
        {
            Spread(views[v], fields);
            var last = _last.AsSpan(v * Fields, Fields);
            var changed = 0UL;
            for (var f = 0; f < Fields; f++)
                changed |= BitConverter.DoubleToUInt64Bits(fields[f]) != BitConverter.DoubleToUInt64Bits(last[f]) ? 1UL << f : 0;
            to.Whole(changed);
            for (; changed != 0; changed &= changed - 1)
                to.Real(fields[BitOperations.TrailingZeroCount(changed)]);
            fields.CopyTo(last);
        }
    }

    public void Read(TraceInput from)
    {
        _count = from.Count(VisibilitySet.MaximumViews, "views");
        for (var v = 0; v < _count; v++)
        {
            var last = _last.AsSpan(v * Fields, Fields);
            var changed = (ulong)from.Count((1 << Fields) - 1, "as a view's fields");
            for (; changed != 0; changed &= changed - 1)
                last[BitOperations.TrailingZeroCount(changed)] = from.Real();
            _views[v] = Gather(last, from);
        }
    }

    private static void Spread(in View view, Span<double> f)
    {
        (f[0], f[1], f[2]) = (view.Position.X, view.Position.Y, view.Position.Z);
        (f[3], f[4], f[5]) = (view.Direction.X, view.Direction.Y, view.Direction.Z);
        (f[6], f[7], f[8]) = (view.Up.X, view.Up.Y, view.Up.Z);
        (f[9], f[10], f[11], f[12], f[13]) = (view.FovY, view.ViewportWidth, view.ViewportHeight, view.Near, view.Far);
        (f[14], f[15]) = (view.TargetErrorPx, view.Weight);
        (f[16], f[17], f[18]) = ((double)view.Kind, view.Radius, view.TargetErrorMetres);
        f[19] = view.RasterTargetErrorPx;
    }

    private static View Gather(ReadOnlySpan<double> f, TraceInput from)
    {
        var isSphere = f[16] == (double)ViewKind.Sphere;
        if (isSphere ? !(f[17] > 0 && f[18] > 0) : f[16] != (double)ViewKind.Camera)
            throw from.Damage("a view is neither camera nor sphere");
        var view = isSphere ? View.Sphere(new(f[0], f[1], f[2]), f[17], f[18]) : new() { Position = default, Direction = default, Up = default };
        return view with
        {
            Position = new(f[0], f[1], f[2]),
            Direction = new(f[3], f[4], f[5]),
            Up = new(f[6], f[7], f[8]),
            FovY = f[9],
            ViewportWidth = f[10],
            ViewportHeight = f[11],
            Near = f[12],
            Far = f[13],
            TargetErrorPx = f[14],
            Weight = f[15],
            RasterTargetErrorPx = f[19],
        };
    }
}
