using Lodestream.Geometry;

namespace Lodestream.Tiler.Worlds;

/// <summary>A camera that shows a world well; also written into the tileset's <c>asset.extras.lodestream.views</c>.</summary>
/// <param name="Name">What it shows.</param>
/// <param name="Position">Where the camera is, scene frame (z up), metres.</param>
/// <param name="Direction">Where it looks, length 1. Up is z.</param>
public sealed record SuggestedView(string Name, Vector3d Position, Vector3d Direction);
