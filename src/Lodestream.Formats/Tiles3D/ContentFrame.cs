using Lodestream.Geometry;
using Lodestream.Scene;

namespace Lodestream.Formats.Tiles3D;

/// <summary>The rotation between the axes of glTF contents and those of their tile, which is z up.</summary>
public static class ContentFrame
{
    private static readonly Transform3d YUpToZUp = new(Vector3d.UnitX, Vector3d.UnitZ, -Vector3d.UnitY, Vector3d.Zero);
    private static readonly Transform3d XUpToZUp = new(Vector3d.UnitZ, Vector3d.UnitY, -Vector3d.UnitX, Vector3d.Zero);

    /// <summary>From the axes of glTF contents to their tile's. <see cref="TileTree.Transform"/> has it in already.</summary>
    public static Transform3d ToTile(UpAxis upAxis) => upAxis switch
    {
        UpAxis.Y => YUpToZUp,
        UpAxis.X => XUpToZUp,
        _ => Transform3d.Identity,
    };

    /// <summary>
    /// A position that is given on the tile's axes (b3dm's <c>RTC_CENTER</c>) on the axes of the content, where it is a translation of
    /// the content's root nodes.
    /// </summary>
    public static Vector3d FromTile(UpAxis upAxis, Vector3d position) => upAxis switch
    {
        UpAxis.Y => new(position.X, position.Z, -position.Y),
        UpAxis.X => new(position.Z, position.Y, -position.X),
        _ => position,
    };
}
