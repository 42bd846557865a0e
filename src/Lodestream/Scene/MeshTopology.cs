using System.Globalization;
using System.Text;
using Lodestream.Geometry;

namespace Lodestream.Scene;

/// <summary>A mesh of a payload that is streamed mesh by mesh.</summary>
/// <param name="Min">Least coordinates, in the content's frame.</param>
/// <param name="Max">Greatest coordinates.</param>
/// <param name="GeometryBytes">Bytes its vertex and index buffers take on the GPU.</param>
public readonly record struct PayloadMesh(Vector3d Min, Vector3d Max, long GeometryBytes);

/// <summary>
/// The topology that stands for a payload which is admitted out of core: a content-less ADD tile with a child per mesh, in the payload's order. A
/// mesh's URI is the payload's with a fragment; nobody fetches it: whoever prepared the payload has it.
/// </summary>
public static class MeshTopology
{
    /// <summary>Builds the topology.</summary>
    /// <param name="payloadUri">Absolute URI of the payload.</param>
    /// <param name="toScene">From the payload's frame to the scene's: the transform of the tile that names it.</param>
    /// <param name="upAxis">Which axis points up in the glTF contents of that tile's document.</param>
    /// <param name="meshes">Its meshes.</param>
    /// <exception cref="ArgumentException">There is no mesh.</exception>
    public static TileBlock Build(string payloadUri, in Transform3d toScene, UpAxis upAxis, ReadOnlySpan<PayloadMesh> meshes)
    {
        ArgumentException.ThrowIfNullOrEmpty(payloadUri);
        if (meshes.IsEmpty)
            throw new ArgumentException($"{payloadUri} has no mesh: it is one drawable, or none.", nameof(meshes));
        var boxes = new (Vector3d Min, Vector3d Max)[meshes.Length];
        var (min, max) = (new Vector3d(double.PositiveInfinity, double.PositiveInfinity, double.PositiveInfinity), new Vector3d(double.NegativeInfinity, double.NegativeInfinity, double.NegativeInfinity));
        for (var i = 0; i < meshes.Length; i++)
        {
            boxes[i] = BoxOf(meshes[i], toScene);
            (min, max) = (Vector3d.Min(min, boxes[i].Min), Vector3d.Max(max, boxes[i].Max));
        }
        var builder = new TileBlockBuilder(payloadUri, 1 + meshes.Length) { UpAxis = upAxis };
        builder.AddTile(-1, BoundingVolume.AxisAligned(min, max), 0, Refinement.Add, toScene);
        var file = payloadUri[(payloadUri.AsSpan(0, PathEnd(payloadUri)).LastIndexOf('/') + 1)..];
        for (var i = 0; i < meshes.Length; i++)
        {
            var tile = builder.AddTile(0, BoundingVolume.AxisAligned(boxes[i].Min, boxes[i].Max), 0, Refinement.Replace, toScene);
            var uri = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{file}#mesh={i}"));
            builder.AddContent(tile, uri, ContentFamily.Mesh, ContentFormat.PayloadMesh, (uint)Math.Min(uint.MaxValue, meshes[i].GeometryBytes));
        }
        var block = builder.Build();

        // Whether meshes happen to lie beside each other or not: what stands in for the tile gives way to all of them together.
        block.Links[0].Flags &= ~TileFlags.Maskable;
        return block;
    }

    private static int PathEnd(string uri)
    {
        var end = uri.AsSpan().IndexOfAny('?', '#');
        return end < 0 ? uri.Length : end;
    }

    // The box around the corners, along the scene's axes: manifests' frames are turned by right angles only, and a box grows by that no more.
    private static (Vector3d Min, Vector3d Max) BoxOf(in PayloadMesh mesh, in Transform3d toScene)
    {
        var first = toScene.Point(mesh.Min);
        var (min, max) = (first, first);
        for (var corner = 1; corner < 8; corner++)
        {
            var at = toScene.Point(new((corner & 1) == 0 ? mesh.Min.X : mesh.Max.X, (corner & 2) == 0 ? mesh.Min.Y : mesh.Max.Y, (corner & 4) == 0 ? mesh.Min.Z : mesh.Max.Z));
            (min, max) = (Vector3d.Min(min, at), Vector3d.Max(max, at));
        }
        return (min, max);
    }
}
