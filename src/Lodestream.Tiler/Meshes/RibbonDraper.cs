using Lodestream.Formats.Gltf;

namespace Lodestream.Tiler.Meshes;

/// <summary>A point of a line that is drawn as a ribbon.</summary>
/// <param name="X">East of the centre, metres.</param>
/// <param name="Y">North of the centre, metres.</param>
/// <param name="HalfWidth">Half the ribbon's width, metres.</param>
/// <param name="Floor">The ribbon is not lower than this, metres: a river's water. −∞ where it lies on the ground, or on what the draper knows to lie on it.</param>
internal readonly record struct RibbonPoint(double X, double Y, double HalfWidth, double Floor);

/// <summary>A triangle of a ribbon, seen from above.</summary>
/// <param name="A">A corner.</param>
/// <param name="B">A corner.</param>
/// <param name="C">A corner.</param>
/// <param name="Color">Linear.</param>
/// <param name="Lift">How far above the ground it lies, metres.</param>
/// <param name="EndsAtSea">Whether it is left out where the ground is below the sea: a river is the sea there.</param>
internal readonly record struct RibbonTriangle(RibbonPoint A, RibbonPoint B, RibbonPoint C, GlbColor Color, double Lift, bool EndsAtSea);

/// <summary>
/// Lays ribbons on the mesh of a tile: each of their triangles is cut along the edges of the tile's triangles, so that what is left lies
/// flat on one of them and can neither sink into the ground nor hang over it, however coarse the level.
/// </summary>
/// <param name="raster">The ground.</param>
/// <param name="floorAt">Height that no ribbon is below at a place unless it knows better: water's, for what crosses it.</param>
internal sealed class RibbonDraper(TerrainRaster raster, Func<double, double, double> floorAt)
{
    // A triangle cut by four lines and a diagonal has eight corners at most.
    private readonly Corner[] _polygon = new Corner[12], _cut = new Corner[12], _half = new Corner[12];

    private record struct Corner(double X, double Y, double Floor);

    /// <summary>The triangles of a line with mitred corners.</summary>
    public static void AddTriangles(ReadOnlySpan<RibbonPoint> line, GlbColor color, double lift, bool endsAtSea, List<RibbonTriangle> into)
    {
        RibbonPoint left = default, right = default;
        for (var k = 0; k < line.Length; k++)
        {
            var (x, y) = Mitre(line, k);
            var at = line[k];
            RibbonPoint nextLeft = at with { X = at.X + x * at.HalfWidth, Y = at.Y + y * at.HalfWidth }, nextRight = at with { X = at.X - x * at.HalfWidth, Y = at.Y - y * at.HalfWidth };
            if (k > 0)
            {
                into.Add(new(left, right, nextRight, color, lift, endsAtSea));
                into.Add(new(left, nextRight, nextLeft, color, lift, endsAtSea));
            }
            (left, right) = (nextLeft, nextRight);
        }
    }

    /// <summary>Adds what lies on a tile of a ribbon's triangle to a mesh.</summary>
    public void Add(SurfaceMesh mesh, int level, int tileX, int tileY, in RibbonTriangle triangle)
    {
        var layout = raster.Layout;
        var spacing = layout.Step(level) * layout.FinestSpacing;
        double west = layout.Line(layout.TileStart(level, tileX)), south = layout.Line(layout.TileStart(level, tileY));
        var (a, b, c) = (triangle.A, triangle.B, triangle.C);
        if ((b.X - a.X) * (c.Y - a.Y) - (c.X - a.X) * (b.Y - a.Y) < 0)
            (b, c) = (c, b);
        var i0 = Quad(Math.Min(a.X, Math.Min(b.X, c.X)) - west);
        var i1 = Quad(Math.Max(a.X, Math.Max(b.X, c.X)) - west);
        var j0 = Quad(Math.Min(a.Y, Math.Min(b.Y, c.Y)) - south);
        var j1 = Quad(Math.Max(a.Y, Math.Max(b.Y, c.Y)) - south);
        for (var j = Math.Max(0, j0); j <= Math.Min(layout.TileQuads - 1, j1); j++)
        {
            for (var i = Math.Max(0, i0); i <= Math.Min(layout.TileQuads - 1, i1); i++)
            {
                _polygon[0] = new(a.X, a.Y, a.Floor);
                _polygon[1] = new(b.X, b.Y, b.Floor);
                _polygon[2] = new(c.X, c.Y, c.Floor);
                AddInQuad(mesh, level, tileX * layout.TileQuads + i, tileY * layout.TileQuads + j, west + i * spacing, south + j * spacing, spacing, triangle);
            }
        }

        int Quad(double metres) => (int)Math.Floor(metres / spacing);
    }

    private void AddInQuad(SurfaceMesh mesh, int level, int column, int row, double west, double south, double spacing, in RibbonTriangle triangle)
    {
        var count = Cut(_polygon, 3, _cut, 1, 0, -west);
        count = Cut(_cut, count, _polygon, -1, 0, west + spacing);
        count = Cut(_polygon, count, _cut, 0, 1, -south);
        count = Cut(_cut, count, _polygon, 0, -1, south + spacing);
        if (count < 3)
            return;
        // The diagonal runs from south-west to north-east; east of it x − west ≥ y − south.
        var half = Cut(_polygon, count, _half, 1, -1, south - west);
        AddPolygon(mesh, half, level, column, row, west, south, spacing, eastOfDiagonal: true, triangle);
        half = Cut(_polygon, count, _half, -1, 1, west - south);
        AddPolygon(mesh, half, level, column, row, west, south, spacing, eastOfDiagonal: false, triangle);
    }

    private void AddPolygon(SurfaceMesh mesh, int count, int level, int column, int row, double west, double south, double spacing, bool eastOfDiagonal, in RibbonTriangle triangle)
    {
        if (count < 3)
            return;
        var layout = raster.Layout;
        int step = layout.Step(level), corner = row * step * layout.FinestNodes + column * step;
        double a = raster.Heights[corner], b = raster.Heights[corner + step];
        double c = raster.Heights[corner + step * layout.FinestNodes], d = raster.Heights[corner + step * layout.FinestNodes + step];
        if (triangle.EndsAtSea && Math.Max(eastOfDiagonal ? b : c, Math.Max(a, d)) < 0)
            return;
        uint first = 0, before = 0;
        for (var k = 0; k < count; k++)
        {
            var p = _half[k];
            double fx = (p.X - west) / spacing, fy = (p.Y - south) / spacing;
            var ground = eastOfDiagonal ? a + fx * (b - a) + fy * (d - b) : a + fy * (c - a) + fx * (d - c);
            var floor = double.IsFinite(p.Floor) ? p.Floor : floorAt(p.X, p.Y);
            var vertex = mesh.Vertex(p.X, p.Y, Math.Max(ground, floor) + triangle.Lift, triangle.Color);
            if (k == 0)
                first = vertex;
            else if (k > 1)
                mesh.Triangle(first, before, vertex);
            before = vertex;
        }
    }

    // What lies where nx·x + ny·y + d ≥ 0 (Sutherland and Hodgman 1974).
    private static int Cut(Corner[] from, int count, Corner[] into, double nx, double ny, double d)
    {
        var kept = 0;
        for (var k = 0; k < count; k++)
        {
            Corner p = from[k], q = from[k + 1 == count ? 0 : k + 1];
            double atP = nx * p.X + ny * p.Y + d, atQ = nx * q.X + ny * q.Y + d;
            if (atP >= 0)
                into[kept++] = p;
            if (atP >= 0 == atQ >= 0)
                continue;
            var t = atP / (atP - atQ);
            into[kept++] = new(p.X + t * (q.X - p.X), p.Y + t * (q.Y - p.Y), double.IsFinite(p.Floor) && double.IsFinite(q.Floor) ? p.Floor + t * (q.Floor - p.Floor) : Math.Max(p.Floor, q.Floor));
        }
        return kept;
    }

    // To the left of the line at a point, stretched so that the ribbon keeps its width around the corner, twice at most.
    private static (double X, double Y) Mitre(ReadOnlySpan<RibbonPoint> line, int k)
    {
        var (inX, inY) = k > 0 ? Direction(line[k - 1], line[k]) : (0, 0);
        var (outX, outY) = k < line.Length - 1 ? Direction(line[k], line[k + 1]) : (inX, inY);
        if (k == 0)
            (inX, inY) = (outX, outY);
        double x = -(inY + outY), y = inX + outX, length = Math.Sqrt(x * x + y * y);
        if (length < 0.2)
            return (-outY, outX);
        (x, y) = (x / length, y / length);
        var stretch = 1 / Math.Max(0.5, x * -outY + y * outX);
        return (x * stretch, y * stretch);
    }

    private static (double X, double Y) Direction(in RibbonPoint from, in RibbonPoint to)
    {
        double x = to.X - from.X, y = to.Y - from.Y, length = Math.Sqrt(x * x + y * y);
        return length > 0 ? (x / length, y / length) : (0, 0);
    }
}
