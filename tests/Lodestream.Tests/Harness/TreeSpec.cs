using System.Text;
using Lodestream.Geometry;
using Lodestream.Scene;

namespace Lodestream.Tests.Harness;

/// <summary>
/// A small document written as text. A tile is <c>marks name [=content] [:error] [*family…] [(children)]</c>, children apart by spaces:
/// <c>R(a +b(c d) .m(e f) @x)</c>. Marks: <c>+</c> ADD; <c>.</c> nothing to draw; <c>@</c> the content is the document
/// <c>name.json</c>; <c>~</c> the children overlap, so that no mask can part them. <c>=x</c> names content x.glb instead of name.glb;
/// <c>*label</c> adds the content name.label.glb of that family. Every tile halves its parent's error, the root's is 1024 m. The root
/// is a flat box 1024 m wide around the origin; children cut their parent's into equal strips, along x and y in turn.
/// </summary>
internal sealed class TreeSpec
{
    private readonly string _text;
    private int _at;

    private TreeSpec(string text) => _text = text;

    public static SpecTile Parse(string text)
    {
        var spec = new TreeSpec(text);
        var root = spec.Tile();
        if (spec._at != text.Length)
            throw new FormatException($"'{text}': something is left over at {spec._at}");
        return root;
    }

    private SpecTile Tile()
    {
        var tile = new SpecTile();
        for (; "+.@~".Contains(Peek()); _at++)
        {
            tile.Add |= Peek() == '+';
            tile.Empty |= Peek() == '.';
            tile.External |= Peek() == '@';
            tile.Overlapping |= Peek() == '~';
        }
        tile.Name = Word();
        tile.Content = tile.Name;
        for (; "=:*".Contains(Peek());)
        {
            var kind = _text[_at++];
            if (kind == '=')
                tile.Content = Word();
            else if (kind == ':')
                tile.Error = double.Parse(Word());
            else
                tile.Families.Add(Enum.Parse<ContentFamily>(Word(), ignoreCase: true));
        }
        if (Peek() != '(')
            return tile;
        do
        {
            _at++;
            tile.Children.Add(Tile());
        }
        while (Peek() == ' ');
        if (Peek() != ')')
            throw new FormatException($"'{_text}': ')' is missing at {_at}");
        _at++;
        return tile;
    }

    private string Word()
    {
        var start = _at;
        while (char.IsLetterOrDigit(Peek()))
            _at++;
        return _at > start ? _text[start.._at] : throw new FormatException($"'{_text}': a name or number is missing at {_at}");
    }

    // '\uffff' is no mark and no letter: the end.
    private char Peek() => _at < _text.Length ? _text[_at] : '\uffff';
}

/// <summary>A tile of a <see cref="TreeSpec"/>.</summary>
internal sealed class SpecTile
{
    public string Name = "", Content = "";
    public bool Add, Empty, External, Overlapping;
    public double? Error;
    public List<ContentFamily> Families { get; } = [];
    public List<SpecTile> Children { get; } = [];

    public const double RootError = 1024;

    public static BoundingVolume RootVolume { get; } = BoundingVolume.AxisAligned(new(-512, -512, -16), new(512, 512, 16));

    /// <summary>Lays the document out.</summary>
    /// <param name="documentUri">Absolute URI of the document.</param>
    /// <param name="volume">Volume of its root.</param>
    /// <param name="level">Level of its root, which tells the errors.</param>
    /// <param name="uriOf">URI of a content by its name; name.glb where null.</param>
    public TileBlock Build(string documentUri, BoundingVolume? volume = null, int level = 0, Func<string, string>? uriOf = null)
    {
        var builder = new TileBlockBuilder(documentUri);
        AddTo(builder, -1, volume ?? RootVolume, level, uriOf ?? (name => name + ".glb"));
        return builder.Build();
    }

    private void AddTo(TileBlockBuilder builder, int parent, BoundingVolume volume, int level, Func<string, string> uriOf)
    {
        var tile = builder.AddTile(parent, volume, Error ?? RootError / (1 << level), Add ? Refinement.Add : Refinement.Replace, Transform3d.Identity);
        if (External)
            builder.AddContent(tile, Encoding.UTF8.GetBytes(Content + ".json"), ContentFamily.Mesh, ContentFormat.Tileset);
        else if (!Empty)
            builder.AddContent(tile, Encoding.UTF8.GetBytes(uriOf(Content)), ContentFamily.Mesh, ContentFormat.Glb);
        foreach (var family in Families)
            builder.AddContent(tile, Encoding.UTF8.GetBytes(uriOf($"{Content}.{family.ToString().ToLowerInvariant()}")), family, ContentFormat.Glb);
        for (var i = 0; i < Children.Count; i++)
            Children[i].AddTo(builder, tile, Overlapping ? volume : Strip(volume, level, i, Children.Count), level + 1, uriOf);
    }

    private static BoundingVolume Strip(BoundingVolume volume, int level, int index, int count)
    {
        var (min, max) = volume.AxisAlignedBounds();
        var size = max - min;
        return level % 2 == 0
            ? BoundingVolume.AxisAligned(min with { X = min.X + size.X * index / count }, max with { X = min.X + size.X * (index + 1) / count })
            : BoundingVolume.AxisAligned(min with { Y = min.Y + size.Y * index / count }, max with { Y = min.Y + size.Y * (index + 1) / count });
    }
}
