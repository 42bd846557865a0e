namespace Lodestream.Scene;

/// <summary>
/// Which axis points up in the glTF contents of a document (3D Tiles 1.0's <c>asset.gltfUpAxis</c>). Tiles are z up; the rotation
/// from the contents' axes is folded into the tiles' transforms.
/// </summary>
public enum UpAxis : byte
{
    /// <summary>y is up, as glTF says.</summary>
    Y,

    /// <summary>z is up: contents need no rotation.</summary>
    Z,

    /// <summary>x is up.</summary>
    X,
}
