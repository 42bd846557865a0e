using System.Diagnostics;
using Lodestream.Geometry;
using Lodestream.Scene;
using Lodestream.Selection;
using Lodestream.Streaming;

namespace Lodestream.Simulation.Scenes;

/// <summary>
/// A scene as one knows it who need not stream it: its topology is opened wherever somebody looks. Says what cameras want in truth, where
/// the ground is, and what contents take.
/// </summary>
public sealed class SceneSurvey
{
    // Beyond this a scene's middle is taken to be on the globe, metres: no scene of its own frame is so far from its origin.
    private const double GlobeFrom = 5e6;

    private readonly ScreenSpaceErrorPolicy _policy = new();
    private readonly ChangingOrigin _origin;
    private readonly HashSet<int> _closed = [];
    private readonly Dictionary<int, OriginContent?> _contents = [];
    private readonly Dictionary<ulong, int> _byPath = [];
    private readonly Stack<(int Tile, double From)> _open = new();
    private int _indexed;

    /// <summary>Makes a survey of a scene.</summary>
    /// <param name="scene">The scene; its first document opens.</param>
    public SceneSurvey(SimulatedScene scene)
    {
        ArgumentNullException.ThrowIfNull(scene);
        Tree = scene.NewTree();
        _origin = scene.NewOrigin(Tree);
        Expand(TileTree.SceneRoot);
    }

    /// <summary>What is known of the scene.</summary>
    public TileTree Tree { get; }

    /// <summary>Whether the scene is a manifest's.</summary>
    public bool IsManifest => ProximityTable.Of(Tree, Tree.Links[TileTree.SceneRoot].FirstChild) is not null;

    /// <summary>Volume of the scene's first tileset, metres.</summary>
    public BoundingVolume Volume => Tree.Volume(Tree.Links[TileTree.SceneRoot].FirstChild);

    /// <summary>Geometric error of the scene's root, metres.</summary>
    public double RootError => Tree.Nodes[Tree.Links[TileTree.SceneRoot].FirstChild].GeometricError;

    /// <summary>Whether the scene lies on the globe, in ECEF.</summary>
    public bool IsGeoreferenced => Volume.Center.Length + Volume.Radius > GlobeFrom;

    /// <summary>Which way is up at a place: z, or on the globe the ellipsoid's normal.</summary>
    public Vector3d UpAt(Vector3d place)
    {
        if (!IsGeoreferenced)
            return Vector3d.UnitZ;
        const double a = Ellipsoid.SemiMajor * Ellipsoid.SemiMajor, b = Ellipsoid.SemiMinor * Ellipsoid.SemiMinor;
        var normal = new Vector3d(place.X / a, place.Y / a, place.Z / b);
        return normal.LengthSquared > 0 ? normal.Normalized() : Vector3d.UnitZ;
    }

    /// <summary>The ground above or below a place: where a plumb line first meets a finest tile's volume. Null where it meets none.</summary>
    public Vector3d? GroundAt(Vector3d place)
    {
        var up = UpAt(place);
        var from = place + up * (4 * Volume.Radius);
        var nearest = double.PositiveInfinity;
        _open.Clear();
        _open.Push((TileTree.SceneRoot, 0));
        while (_open.TryPop(out var open))
        {
            if (open.From >= nearest)
                continue;
            if ((Tree.Links[open.Tile].Flags & TileFlags.Unexpanded) != 0)
                Expand(open.Tile);
            var (first, count) = (Tree.Links[open.Tile].FirstChild, Tree.Links[open.Tile].ChildCount);
            if (count == 0)
                nearest = open.From;
            for (var child = first; child < first + count; child++)
            {
                var enters = VolumeRay.Enters(Tree.Volume(child), from, -up);
                if (enters < nearest)
                    _open.Push((child, enters));
            }
        }
        return double.IsFinite(nearest) ? from - up * nearest : null;
    }

    /// <summary>What views want with all topology known that they need.</summary>
    /// <param name="views">The views.</param>
    /// <param name="set">Filled anew.</param>
    /// <param name="policy">What says it; by screen-space error where null.</param>
    public void Select(ReadOnlySpan<View> views, VisibilitySet set, ISelectionPolicy? policy = null)
    {
        ArgumentNullException.ThrowIfNull(set);
        policy ??= _policy;
        for (var grows = true; grows;)
        {
            policy.Select(Tree, views, new(1) { IsTrial = true }, set);
            grows = false;
            foreach (ref readonly var visit in set.Visits)
            {
                if ((visit.Flags & VisitFlags.Expand) != 0)
                    grows |= Expand(visit.Tile);
            }
        }
    }

    /// <summary>What the server holds for a content; null when there is none.</summary>
    public OriginContent? ContentOf(int content)
    {
        if (!_contents.TryGetValue(content, out var found))
        {
            ref readonly var record = ref Tree.Contents.Records[content];
            _contents[content] = found = _origin.Find(new(0, content, Tree.Contents.Uri(content), record.Family, record.Format));
        }
        return found;
    }

    /// <summary>Length of a file that contents depend on, bytes; 0 when there is none.</summary>
    public long FileLength(string uri) => _origin.Find(new(0, -1, uri, ContentFamily.Mesh, ContentFormat.Unknown, IsDependency: true))?.Length ?? 0;

    /// <summary>The tile of a path key, which is the same in every tree of the scene; −1 while it is not known here.</summary>
    public int Find(ulong pathKey)
    {
        for (; _indexed < Tree.Capacity; _indexed++)
            _byPath[Tree.PathKeys[_indexed]] = _indexed;
        return _byPath.GetValueOrDefault(pathKey, -1);
    }

    private bool Expand(int tile)
    {
        if ((Tree.Links[tile].Flags & TileFlags.Unexpanded) == 0 || _closed.Contains(tile))
            return false;
        foreach (var content in Tree.SlotsOf(tile).ToArray())
        {
            if (Tree.Contents.Records[content].Format != ContentFormat.Tileset || ContentOf(content) is not { Topology: { } topology, IsBroken: false } || NestedDocuments.IsTooDeep(Tree, tile))
                continue;
            Tree.Append(tile, topology());
            Debug.Assert((Tree.Links[tile].Flags & TileFlags.Unexpanded) == 0);
            return true;
        }
        _closed.Add(tile);
        return false;
    }
}
