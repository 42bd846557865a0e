using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Lodestream.Geometry;
using Lodestream.Scene;

namespace Lodestream.Selection;

/// <summary>
/// A view as selection wants it: its planes in pairs (left and right, bottom and top, near and far), so that two are tested with one
/// vector operation on every host.
/// </summary>
internal struct PreparedView
{
    // Metres: a near distance of 0 would make errors infinite.
    private const double LeastNear = 1e-6;

    private PlanePair _sides, _heights, _depths;
    private PlaneQuad _around;
    private Frustum _frustum;

    public double X, Y, Z, PixelScale, Target, Near, Weight, ViewportArea;

    /// <summary>What raster errors are multiplied by to be held to <see cref="Target"/>: one comparison then judges both. 1 where they share it.</summary>
    public double RasterShare;

    private struct PlanePair
    {
        public Vector128<double> Nx, Ny, Nz, Offset, AbsX, AbsY, AbsZ;

        public PlanePair(in Plane3d a, in Plane3d b)
        {
            Nx = Vector128.Create(a.Normal.X, b.Normal.X);
            Ny = Vector128.Create(a.Normal.Y, b.Normal.Y);
            Nz = Vector128.Create(a.Normal.Z, b.Normal.Z);
            Offset = Vector128.Create(a.Offset, b.Offset);
            AbsX = Vector128.Abs(Nx);
            AbsY = Vector128.Abs(Ny);
            AbsZ = Vector128.Abs(Nz);
        }
    }

    // Left, right, bottom and top at once, for hosts with registers that wide; the sums are the pairs' own, to the bit.
    private struct PlaneQuad
    {
        public Vector256<double> Nx, Ny, Nz, Offset, AbsX, AbsY, AbsZ;

        public PlaneQuad(in PlanePair a, in PlanePair b)
        {
            Nx = Vector256.Create(a.Nx, b.Nx);
            Ny = Vector256.Create(a.Ny, b.Ny);
            Nz = Vector256.Create(a.Nz, b.Nz);
            Offset = Vector256.Create(a.Offset, b.Offset);
            AbsX = Vector256.Create(a.AbsX, b.AbsX);
            AbsY = Vector256.Create(a.AbsY, b.AbsY);
            AbsZ = Vector256.Create(a.AbsZ, b.AbsZ);
        }
    }

    public PreparedView(in View view, double detailScale)
    {
        Radius = view.Kind == ViewKind.Sphere ? view.Radius : 0;
        var tanHalfHeight = DeterministicMath.Tan(view.FovY / 2);
        _frustum = view.Frustum(tanHalfHeight);
        _sides = new(_frustum.Left, _frustum.Right);
        _heights = new(_frustum.Bottom, _frustum.Top);
        _depths = new(_frustum.Near, _frustum.Far);
        _around = new(_sides, _heights);
        (X, Y, Z) = (view.Position.X, view.Position.Y, view.Position.Z);
        PixelScale = view.ViewportHeight / (2 * tanHalfHeight);
        Target = view.TargetErrorPx / detailScale;
        RasterShare = view.RasterTargetErrorPx > 0 && IsCamera ? view.TargetErrorPx / view.RasterTargetErrorPx : 1;
        Near = Math.Max(view.Near, LeastNear);
        Weight = view.Weight;
        if (!IsCamera)
            (PixelScale, Target) = (1, view.TargetErrorMetres / detailScale);
        ViewportArea = view.ViewportWidth * view.ViewportHeight;
    }

    /// <summary>Radius of a sphere to keep resident; 0 for a camera.</summary>
    public double Radius;

    public readonly bool IsCamera => Radius == 0;

    public readonly Vector3d Position => new(X, Y, Z);

    /// <summary>Whether an axis-aligned box is at least partly inside; <paramref name="inside"/> when it is wholly so.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool Sees(in TileNode node, out bool inside)
    {
        var cx = Vector128.Create(node.CenterX);
        var cy = Vector128.Create(node.CenterY);
        var cz = Vector128.Create(node.CenterZ);
        var hx = Vector128.Create(node.HalfX);
        var hy = Vector128.Create(node.HalfY);
        var hz = Vector128.Create(node.HalfZ);
        Vector128<double> around, aroundIn;
        if (Vector256.IsHardwareAccelerated)
        {
            ref readonly var p = ref _around;
            var distance = p.Nx * Vector256.Create(node.CenterX) + p.Ny * Vector256.Create(node.CenterY) + p.Nz * Vector256.Create(node.CenterZ) + p.Offset;
            var reach = p.AbsX * Vector256.Create(node.HalfX) + p.AbsY * Vector256.Create(node.HalfY) + p.AbsZ * Vector256.Create(node.HalfZ);
            var (outer, inner) = (distance + reach, distance - reach);
            around = Vector128.Min(outer.GetLower(), outer.GetUpper());
            aroundIn = Vector128.Min(inner.GetLower(), inner.GetUpper());
        }
        else
        {
            around = Vector128.Min(Slack(_sides, cx, cy, cz, hx, hy, hz, out var sidesIn), Slack(_heights, cx, cy, cz, hx, hy, hz, out var heightsIn));
            aroundIn = Vector128.Min(sidesIn, heightsIn);
        }
        var depths = Slack(_depths, cx, cy, cz, hx, hy, hz, out var depthsIn);
        inside = Vector128.GreaterThanOrEqualAll(Vector128.Min(aroundIn, depthsIn), Vector128<double>.Zero);
        return Vector128.GreaterThanOrEqualAll(Vector128.Min(around, depths), Vector128<double>.Zero);
    }

    /// <summary>Whether a tile of any shape is at least partly inside, and the square of its distance, m².</summary>
    public readonly bool Sees(TileTree tree, int tile, bool knownInside, out bool inside, out double squaredDistance)
    {
        ref readonly var node = ref tree.NodeArray[tile];
        var flags = tree.LinkArray[tile].Flags;
        bool seen;
        if ((flags & TileFlags.AxisAligned) != 0)
        {
            squaredDistance = SquaredDistance(node);
            seen = (inside = knownInside) || !IsCamera || Sees(node, out inside);
        }
        else if ((flags & TileFlags.Sphere) != 0)
        {
            squaredDistance = SquaredDistanceSphere(node);
            seen = (inside = knownInside) || !IsCamera || SeesSphere(node, out inside);
        }
        else
        {
            var axes = tree.AxesOf(node.Orientation);
            squaredDistance = SquaredDistanceOriented(node, axes);
            seen = (inside = knownInside) || !IsCamera || SeesOriented(node, axes, out inside);
        }
        return IsCamera ? seen : squaredDistance <= Radius * Radius;
    }

    /// <summary>The same for a sphere.</summary>
    public readonly bool SeesSphere(in TileNode node, out bool inside)
    {
        var center = new Vector3d(node.CenterX, node.CenterY, node.CenterZ);
        inside = true;
        for (var i = 0; i < 6; i++)
        {
            var distance = _frustum[i].SignedDistance(center);
            if (distance < -node.HalfX)
                return inside = false;
            inside &= distance >= node.HalfX;
        }
        return true;
    }

    /// <summary>The same for a box with its own axes.</summary>
    public readonly bool SeesOriented(in TileNode node, in Orientation axes, out bool inside)
    {
        var center = new Vector3d(node.CenterX, node.CenterY, node.CenterZ);
        inside = true;
        for (var i = 0; i < 6; i++)
        {
            var plane = _frustum[i];
            var reach = Math.Abs(Vector3d.Dot(plane.Normal, axes.X)) * node.HalfX
                + Math.Abs(Vector3d.Dot(plane.Normal, axes.Y)) * node.HalfY
                + Math.Abs(Vector3d.Dot(plane.Normal, axes.Z)) * node.HalfZ;
            var distance = plane.SignedDistance(center);
            if (distance < -reach)
                return inside = false;
            inside &= distance >= reach;
        }
        return true;
    }

    /// <summary>Square of the distance to an axis-aligned box, m².</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly double SquaredDistance(in TileNode node)
    {
        var x = Math.Abs(node.CenterX - X) - node.HalfX;
        var y = Math.Abs(node.CenterY - Y) - node.HalfY;
        var z = Math.Abs(node.CenterZ - Z) - node.HalfZ;
        x = x > 0 ? x : 0;
        y = y > 0 ? y : 0;
        z = z > 0 ? z : 0;
        return x * x + y * y + z * z;
    }

    /// <summary>Square of the distance to a box with its own axes, m².</summary>
    public readonly double SquaredDistanceOriented(in TileNode node, in Orientation axes)
    {
        var d = new Vector3d(X - node.CenterX, Y - node.CenterY, Z - node.CenterZ);
        var x = Math.Max(0, Math.Abs(Vector3d.Dot(d, axes.X)) - node.HalfX);
        var y = Math.Max(0, Math.Abs(Vector3d.Dot(d, axes.Y)) - node.HalfY);
        var z = Math.Max(0, Math.Abs(Vector3d.Dot(d, axes.Z)) - node.HalfZ);
        return x * x + y * y + z * z;
    }

    /// <summary>Square of the distance to a sphere, m².</summary>
    public readonly double SquaredDistanceSphere(in TileNode node)
    {
        var d = new Vector3d(X - node.CenterX, Y - node.CenterY, Z - node.CenterZ);
        var outside = Math.Max(0, d.Length - node.HalfX);
        return outside * outside;
    }

    /// <summary>The direction in which a tile's centre lies, a unit vector.</summary>
    public readonly Vector3d Towards(in TileNode node) => new Vector3d(node.CenterX - X, node.CenterY - Y, node.CenterZ - Z).Normalized();

    /// <summary>The faces of a box that face the camera, foreshortened, pixels²; never more than the viewport.</summary>
    /// <param name="node">The box.</param>
    /// <param name="towards">The direction in which it lies, along its axes.</param>
    /// <param name="distance">Its distance, metres.</param>
    public readonly double AreaPx(in TileNode node, Vector3d towards, double distance)
    {
        var faces = 4 * (Math.Abs(towards.X) * node.HalfY * node.HalfZ + Math.Abs(towards.Y) * node.HalfX * node.HalfZ + Math.Abs(towards.Z) * node.HalfX * node.HalfY);
        var scale = PixelScale / distance;
        return Math.Min(faces * scale * scale, ViewportArea);
    }

    // How far the box reaches beyond two planes' outsides (negative: wholly outside), and how far it stays from their outsides.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<double> Slack(in PlanePair p, Vector128<double> cx, Vector128<double> cy, Vector128<double> cz,
        Vector128<double> hx, Vector128<double> hy, Vector128<double> hz, out Vector128<double> inside)
    {
        var distance = p.Nx * cx + p.Ny * cy + p.Nz * cz + p.Offset;
        var reach = p.AbsX * hx + p.AbsY * hy + p.AbsZ * hz;
        inside = distance - reach;
        return distance + reach;
    }
}
