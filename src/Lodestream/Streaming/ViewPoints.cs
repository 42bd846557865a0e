using Lodestream.Geometry;
using Lodestream.Scene;
using Lodestream.Selection;

namespace Lodestream.Streaming;

/// <summary>How far contents are from the cameras of a tick, and whether one sees them. A content that several tiles name is as near as the nearest of them.</summary>
internal sealed class ViewPoints(TileTree tree)
{
    private View[] _views = [];
    private Frustum[] _frustums = [];
    private int _count;

    /// <summary>Rises whenever the cameras have changed.</summary>
    public long Version { get; private set; }

    /// <summary>Takes in the cameras.</summary>
    public void Take(ReadOnlySpan<View> views)
    {
        if (views.SequenceEqual(_views.AsSpan(0, _count)))
            return;
        Version++;
        if (_views.Length < views.Length)
            (_views, _frustums) = (new View[views.Length], new Frustum[views.Length]);
        views.CopyTo(_views);
        _count = views.Length;
        for (var i = 0; i < _count; i++)
        {
            if (views[i].Kind == ViewKind.Camera)
                _frustums[i] = views[i].Frustum();
        }
    }

    /// <summary>Metres from the nearest camera to a content's volume; infinite without cameras.</summary>
    public double DistanceTo(int content)
    {
        var nearest = DistanceToTile(tree.Contents.Records[content].Tile);
        foreach (var tile in tree.OtherTilesOf(content))
            nearest = Math.Min(nearest, DistanceToTile(tile));
        return nearest;
    }

    /// <summary>Metres from the nearest camera to a place; infinite without cameras.</summary>
    public double DistanceTo(in Vector3d place)
    {
        var nearest = double.PositiveInfinity;
        for (var i = 0; i < _count; i++)
            nearest = Math.Min(nearest, (_views[i].Position - place).Length);
        return nearest;
    }

    /// <summary>Whether a camera sees a content's volume. A sphere to be kept resident sees what it touches.</summary>
    public bool See(int content)
    {
        if (SeeTile(tree.Contents.Records[content].Tile))
            return true;
        foreach (var tile in tree.OtherTilesOf(content))
        {
            if (SeeTile(tile))
                return true;
        }
        return false;
    }

    private double DistanceToTile(int tile)
    {
        var (volume, nearest) = (tree.Volume(tile), double.PositiveInfinity);
        for (var i = 0; i < _count; i++)
            nearest = Math.Min(nearest, volume.DistanceTo(_views[i].Position));
        return nearest;
    }

    private bool SeeTile(int tile)
    {
        var volume = tree.Volume(tile);
        for (var i = 0; i < _count; i++)
        {
            if (_views[i].Kind == ViewKind.Camera ? _frustums[i].Intersects(volume) : volume.DistanceTo(_views[i].Position) <= _views[i].Radius)
                return true;
        }
        return false;
    }
}
