using Lodestream.Geometry;
using Lodestream.Scene;
using Lodestream.Tests.Harness;

namespace Lodestream.Tests.Scene;

public class MaskTests
{
    private static readonly (Vector3d X, Vector3d Y, Vector3d Z) Turned = Ellipsoid.EastNorthUp(0.4, 0.5);

    public static TheoryData<string, bool, int> Families => new()
    {
        { "quadtree", true, 3 },
        { "octree", true, 7 },
        { "kd along x", true, 1 },
        { "kd along z", true, 4 },
        { "quadtree with skirts", true, 3 },
        { "quadtree with gaps", true, 3 },
        { "turned quadtree", true, 3 },
        { "single", true, 0 },
        { "overlapping", false, 0 },
        { "nested", false, 0 },
        { "spheres", false, 0 },
        { "turned differently", false, 0 },
        { "nine", false, 0 },
        { "three of which two overlap", false, 0 },
    };

    [Theory]
    [MemberData(nameof(Families))]
    public void Children_that_are_disjoint_boxes_of_one_orientation_can_be_masked_along_the_axes_that_part_them(string name, bool maskable, int axes)
    {
        var links = Build(name).Links[1];
        Assert.Equal(maskable, (links.Flags & TileFlags.Maskable) != 0);
        if (maskable)
            Assert.Equal(axes, links.MaskAxes);
    }

    [Fact]
    public void Cells_of_siblings_do_not_overlap_and_a_grandchild_s_lies_inside_its_parent_s()
    {
        var tree = Tree("R(a(c d) b(e f))");
        var (a, c, d) = (tree.CellOf(2, 1), tree.CellOf(4, 1), tree.CellOf(5, 1));
        Assert.Equal(new Vector3d(-512, double.NegativeInfinity, double.NegativeInfinity), a.Min);
        Assert.Equal(new Vector3d(0, double.PositiveInfinity, double.PositiveInfinity), a.Max);
        Assert.Equal(new Vector3d(-512, -512, double.NegativeInfinity), c.Min);
        Assert.Equal(new Vector3d(0, 0, double.PositiveInfinity), c.Max);
        Assert.Equal(0, d.Min.Y);
        Assert.Equal((a.Min.X, a.Max.X), (d.Min.X, d.Max.X));

        // Relative to what its own parent draws, a child is bounded by its siblings alone.
        Assert.Equal(double.NegativeInfinity, tree.CellOf(4, 2).Min.X);
        Assert.Equal(-512, tree.CellOf(4, 2).Min.Y);
    }

    [Fact]
    public void A_cell_is_unbounded_where_nothing_tells_siblings_apart()
    {
        var cell = Tree("~R(a b)").CellOf(2, 1);
        Assert.Equal(double.NegativeInfinity, cell.Min.X);
        Assert.Equal(double.PositiveInfinity, cell.Max.Z);
    }

    [Fact]
    public void The_cell_of_a_turned_child_is_along_its_own_axes()
    {
        var tree = Build("turned quadtree");
        var first = tree.Links[1].FirstChild;
        for (var child = first; child < first + 4; child++)
        {
            var cell = tree.CellOf(child, 1);
            var center = tree.Volume(child).Center;
            var along = new Vector3d(Vector3d.Dot(center, Turned.X), Vector3d.Dot(center, Turned.Y), Vector3d.Dot(center, Turned.Z));
            Assert.InRange(along.X, cell.Min.X, cell.Max.X);
            Assert.InRange(along.Y, cell.Min.Y, cell.Max.Y);
            Assert.Equal(10, cell.Max.X - cell.Min.X, 1e-9);
        }
    }

    private static TileTree Tree(string text)
    {
        var tree = new TileTree(HandDrivenWorld.SceneUri);
        tree.Append(TileTree.SceneRoot, TreeSpec.Parse(text).Build(HandDrivenWorld.SceneUri));
        return tree;
    }

    private static TileTree Build(string name)
    {
        var builder = new TileBlockBuilder(HandDrivenWorld.SceneUri);
        builder.AddTile(-1, BoundingVolume.Sphere(Vector3d.Zero, 100), 100, Refinement.Replace, Transform3d.Identity);
        foreach (var volume in Children(name))
            builder.AddTile(0, volume, 10, Refinement.Replace, Transform3d.Identity);
        var tree = new TileTree(HandDrivenWorld.SceneUri);
        tree.Append(TileTree.SceneRoot, builder.Build());
        return tree;
    }

    private static IEnumerable<BoundingVolume> Children(string name) => name switch
    {
        "quadtree" => Grid(2, 2, 1, 5),
        "octree" => Grid(2, 2, 2, 5),
        "kd along x" => Grid(2, 1, 1, 5),
        "kd along z" => Grid(1, 1, 3, 5),
        "quadtree with skirts" => Grid(2, 2, 1, 5.004),
        "quadtree with gaps" => Grid(2, 2, 1, 4),
        "turned quadtree" => Grid(2, 2, 1, 5).Select(Turn),
        "single" => Grid(1, 1, 1, 5),
        "overlapping" => Grid(2, 2, 1, 5.2),
        "nested" => [.. Grid(1, 1, 1, 5), .. Grid(1, 1, 1, 2)],
        "spheres" => Grid(2, 1, 1, 5).Select(box => BoundingVolume.Sphere(box.Center, 2)),
        "turned differently" => Grid(2, 1, 1, 2).Select((box, i) => i == 0 ? box : Turn(box)),
        "nine" => Grid(3, 3, 1, 5),
        "three of which two overlap" => [.. Grid(2, 1, 1, 5), BoundingVolume.AxisAligned(new(3, 0, 0), new(9, 9, 9))],
        _ => throw new ArgumentException(name),
    };

    private static IEnumerable<BoundingVolume> Grid(int x, int y, int z, double half)
    {
        for (var i = 0; i < x * y * z; i++)
        {
            var center = new Vector3d(i % x * 10, i / x % y * 10, i / x / y * 10);
            yield return BoundingVolume.AxisAligned(center - new Vector3d(half, half, half), center + new Vector3d(half, half, half));
        }
    }

    private static BoundingVolume Turn(BoundingVolume box) =>
        box.Transformed(new(Turned.X, Turned.Y, Turned.Z, Vector3d.Zero));
}
