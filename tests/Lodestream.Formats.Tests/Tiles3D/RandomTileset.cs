using System.Globalization;
using System.Text;
using Lodestream.Geometry;

namespace Lodestream.Formats.Tests.Tiles3D;

/// <summary>A random explicit tileset: as JSON text with properties in random order, and what a reader must make of it.</summary>
internal sealed class RandomTileset
{
    private readonly Random _random;

    public RandomTileset(int seed, int tiles)
    {
        _random = new(seed);
        Root = Tile(0, ref tiles);
    }

    public sealed class Node
    {
        public double[]? Transform;
        public double[] Volume = [];
        public string VolumeKind = "box";
        public double? Error;
        public bool? Add;
        public List<(string Uri, int Group)> Contents = [];
        public List<Node> Children = [];
    }

    public Node Root { get; }

    public string Json()
    {
        var asset = $"\"asset\":{{{Shuffled("\"version\":\"1.1\"", "\"generator\":\"x\"")}}}";
        return $"{{{Shuffled(asset, "\"geometricError\":5000", $"\"root\":{Json(Root)}", "\"groups\":[{\"class\":\"terrain\"},{\"class\":\"roads\"}]")}}}";
    }

    /// <summary>One line per tile, parents first: error, refinement, volume, contents, and where the content's (1, 2, 3) goes.</summary>
    public string Expected()
    {
        var text = new StringBuilder();
        Expect(text, Root, 0, Transform3d.Identity, 5000, add: false);
        return text.ToString();
    }

    public static string Line(int level, double error, bool add, BoundingVolume volume, Vector3d probe, IEnumerable<string> contents) =>
        string.Create(CultureInfo.InvariantCulture,
            $"{level} {error:G12} {(add ? "ADD" : "REPLACE")} {volume.Shape} {Round(volume.Center)} {volume.Radius:G9} {Round(probe)} {string.Join(',', contents)}\n");

    private static string Round(Vector3d v) => string.Create(CultureInfo.InvariantCulture, $"({v.X + 0.0:F6} {v.Y + 0.0:F6} {v.Z + 0.0:F6})").Replace("-0.000000", "0.000000", StringComparison.Ordinal);

    private Node Tile(int depth, ref int left)
    {
        left--;
        var sphere = _random.Next(4) == 0;
        var node = new Node
        {
            VolumeKind = sphere ? "sphere" : "box",
            Volume = sphere ? [Number(), Number(), Number(), Math.Abs(Number())]
                : [Number(), Number(), Number(), Math.Abs(Number()) + 1, 0, 0, 0, Math.Abs(Number()) + 1, 0, 0, 0, Math.Abs(Number()) + 1],
            Transform = _random.Next(3) == 0 ? RandomTransform() : null,
            Error = _random.Next(5) == 0 ? null : Math.Abs(Number()),
            Add = _random.Next(3) switch { 0 => true, 1 => false, _ => null },
        };
        var contents = _random.Next(4);
        for (var i = 0; i < contents && contents < 3; i++)
            node.Contents.Add(($"c{_random.Next(100000)}.{(_random.Next(2) == 0 ? "glb" : "b3dm")}", _random.Next(3) - 1));
        while (left > 0 && depth < 40 && _random.Next(5) > 0)
            node.Children.Add(Tile(depth + 1, ref left));
        return node;
    }

    private double Number() => _random.Next(3) switch
    {
        0 => _random.Next(-1000, 1000),
        1 => Math.Round(_random.NextDouble() * 200 - 100, 4),
        _ => (_random.NextDouble() - 0.5) * 1000,
    };

    private double[] RandomTransform()
    {
        var angle = _random.NextDouble() * 6;
        var scale = 0.5 + _random.NextDouble();
        var (sin, cos) = (Math.Sin(angle) * scale, Math.Cos(angle) * scale);
        return [cos, sin, 0, 0, -sin, cos, 0, 0, 0, 0, scale, 0, Number(), Number(), Number(), 1];
    }

    private string Json(Node node)
    {
        var properties = new List<string>
        {
            $"\"boundingVolume\":{{\"{node.VolumeKind}\":{Array(node.Volume)}}}",
        };
        if (node.Transform is not null)
            properties.Add($"\"transform\":{Array(node.Transform)}");
        if (node.Error is { } error)
            properties.Add($"\"geometricError\":{Text(error)}");
        if (node.Add is { } add)
            properties.Add($"\"refine\":\"{(add ? "ADD" : "replace")}\"");
        if (node.Contents.Count == 1)
            properties.Add($"\"content\":{Content(node.Contents[0])}");
        else if (node.Contents.Count > 1)
            properties.Add($"\"contents\":[{string.Join(',', node.Contents.Select(Content))}]");
        if (node.Children.Count > 0 || _random.Next(2) == 0)
            properties.Add($"\"children\":[{string.Join(',', node.Children.Select(Json))}]");
        if (_random.Next(4) == 0)
            properties.Add("\"extras\":{\"children\":[{\"refine\":1}]}");
        return $"{{{Shuffled([.. properties])}}}";
    }

    private string Content((string Uri, int Group) content) =>
        $"{{{(content.Group < 0 ? $"\"uri\":\"{content.Uri}\"" : Shuffled($"\"uri\":\"{content.Uri}\"", $"\"group\":{content.Group}"))}}}";

    private static string Array(double[] numbers) => $"[{string.Join(',', numbers.Select(Text))}]";

    private static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture);

    private string Shuffled(params string[] properties)
    {
        _random.Shuffle(properties);
        return string.Join(_random.Next(2) == 0 ? "," : " ,\n ", properties);
    }

    private static void Expect(StringBuilder text, Node node, int level, Transform3d outer, double parentError, bool add)
    {
        var frame = node.Transform is null ? outer : outer * Transform3d.FromColumnMajor(node.Transform);
        var error = Math.Min(parentError, node.Error is { } own ? own * frame.MaximumScale : parentError);
        add = node.Add ?? add;
        var v = node.Volume;
        var volume = node.VolumeKind == "sphere"
            ? BoundingVolume.Sphere(new(v[0], v[1], v[2]), v[3])
            : BoundingVolume.Box(new(v[0], v[1], v[2]), new(v[3], v[4], v[5]), new(v[6], v[7], v[8]), new(v[9], v[10], v[11]));

        // y up to z up: (1, 2, 3) is (1, −3, 2) to the tile.
        var families = new[] { "Mesh", "Terrain", "Route" };
        text.Append(Line(level, error, add, volume.Transformed(frame), frame.Point(new(1, -3, 2)), node.Contents.Select(c => c.Uri + families[c.Group + 1])));
        foreach (var child in node.Children)
            Expect(text, child, level + 1, frame, error, add);
    }
}
