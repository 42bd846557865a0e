using Lodestream.Geometry;

namespace Lodestream.Selection;

/// <summary>Looks at views at the streamer's door: a pose that is no number would select nothing, and nobody would know why.</summary>
internal static class ViewCheck
{
    /// <summary>Throws where a view makes no sense.</summary>
    /// <exception cref="ArgumentException">The message names the view, what of it, and its value.</exception>
    public static void Check(ReadOnlySpan<View> views)
    {
        for (var i = 0; i < views.Length; i++)
        {
            ref readonly var view = ref views[i];
            if (!IsFinite(view.Position))
                Refuse(i, nameof(View.Position), view.Position, "finite metres");
            if (view.Kind == ViewKind.Camera)
                CheckCamera(i, view);
            if (!(view.Weight >= 0 && view.Weight < double.PositiveInfinity))
                Refuse(i, nameof(View.Weight), view.Weight, "0 or more");
        }
    }

    private static void CheckCamera(int i, in View view)
    {
        if (!IsDirection(view.Direction))
            Refuse(i, nameof(View.Direction), view.Direction, "a finite direction");
        if (!IsDirection(view.Up) || Vector3d.Cross(view.Direction, view.Up) == Vector3d.Zero)
            Refuse(i, nameof(View.Up), view.Up, "a finite direction that is not parallel to the view's");
        if (!(view.FovY > 0 && view.FovY < Math.PI))
            Refuse(i, nameof(View.FovY), view.FovY, "more than 0 and less than π radians");
        if (!IsPositive(view.ViewportWidth))
            Refuse(i, nameof(View.ViewportWidth), view.ViewportWidth, "more than 0 pixels");
        if (!IsPositive(view.ViewportHeight))
            Refuse(i, nameof(View.ViewportHeight), view.ViewportHeight, "more than 0 pixels");
        if (!IsPositive(view.Near))
            Refuse(i, nameof(View.Near), view.Near, "more than 0 metres");
        if (!(view.Far > view.Near))
            Refuse(i, nameof(View.Far), view.Far, "more than Near");
        if (!(view.TargetErrorPx > 0))
            Refuse(i, nameof(View.TargetErrorPx), view.TargetErrorPx, "more than 0 pixels");
        if (!(view.RasterTargetErrorPx >= 0))
            Refuse(i, nameof(View.RasterTargetErrorPx), view.RasterTargetErrorPx, "more than 0 pixels, or 0 for TargetErrorPx");
    }

    private static bool IsPositive(double value) => value > 0 && value < double.PositiveInfinity;

    private static bool IsFinite(Vector3d v) => double.IsFinite(v.X) && double.IsFinite(v.Y) && double.IsFinite(v.Z);

    private static bool IsDirection(Vector3d v) => IsFinite(v) && v != Vector3d.Zero;

    private static void Refuse(int view, string what, Vector3d value, string takes) =>
        Refuse(view, what, FormattableString.Invariant($"({value.X}, {value.Y}, {value.Z})"), takes);

    private static void Refuse(int view, string what, object value, string takes) =>
        throw new ArgumentException(FormattableString.Invariant($"views[{view}].{what} is {value}; it takes {takes}."));
}
