namespace Lodestream.Scene;

/// <summary>Which tiles besides its record's own name a content.</summary>
public sealed partial class TileTree
{
    private void Share(int content, int tile)
    {
        if (!_sharing.TryGetValue(content, out var tiles))
            _sharing[content] = tiles = [];
        tiles.Add(tile);
    }

    private void Unshare(int content, int tile)
    {
        if (_sharing.TryGetValue(content, out var tiles))
        {
            if (!tiles.Remove(tile) && tiles.Count > 0)
            {
                // The record's own tile goes: another one that names the content takes its place.
                Contents.Reown(content, tiles[^1]);
                tiles.RemoveAt(tiles.Count - 1);
            }
            if (tiles.Count == 0)
                _sharing.Remove(content);
        }
        Contents.Release(content);
    }
}
