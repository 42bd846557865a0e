using Lodestream.Formats.Gltf;
using Lodestream.Geometry;
using Lodestream.Presentation.Labels;
using Lodestream.Scene;

namespace Lodestream.Formats.Preparing;

/// <summary>
/// A content ready for an engine: what it draws as lists, vertices and images as ranges of the bytes it keeps. Positions are in the
/// content's own frame; <see cref="TileTree.Transform"/> of the tile brings them to the scene's.
/// </summary>
public sealed class PreparedContent
{
    /// <summary>Puts a layout and its bytes together; nothing is looked at yet.</summary>
    /// <param name="payload">The content's bytes; kept.</param>
    /// <param name="layout">What is where in them.</param>
    /// <param name="files">Bytes of the files it names, in the order of <see cref="ContentLayout.Files"/>; kept.</param>
    public PreparedContent(ReadOnlyMemory<byte> payload, ContentLayout layout, ReadOnlyMemory<byte>[] files)
    {
        ArgumentNullException.ThrowIfNull(layout);
        (Payload, Layout) = (payload, layout);
        Models = [.. layout.Parts.OfType<ModelPart>().Select(part => new PreparedModel(part, [payload, .. files]))];
        PointClouds = [.. layout.Parts.OfType<PointsPart>().Select(part => new PreparedPoints(part, payload))];
    }

    // A mesh of a content that is prepared.
    private PreparedContent(PreparedContent whole, PartedMesh mesh)
    {
        (Payload, Layout) = (whole.Payload, new(whole.Format, [mesh.Part], whole.Layout.Files));
        (Models, PointClouds) = ([whole.Models[0].With(mesh.Part)], []);
        (Min, Max) = (mesh.Shape.Min, mesh.Shape.Max);
    }

    /// <summary>The bytes as they were fetched.</summary>
    public ReadOnlyMemory<byte> Payload { get; }

    /// <summary>What is where.</summary>
    public ContentLayout Layout { get; }

    /// <summary>What the bytes turned out to be.</summary>
    public ContentFormat Format => Layout.Format;

    /// <summary>What it takes on the GPU and in main memory.</summary>
    public GltfCost Cost => Layout.Cost;

    /// <summary>The glTF models in it.</summary>
    public IReadOnlyList<PreparedModel> Models { get; }

    /// <summary>The clouds of points in it.</summary>
    public IReadOnlyList<PreparedPoints> PointClouds { get; }

    /// <summary>Bytes of main memory that unpacked arrays take beside the fetched bytes.</summary>
    public long UnpackedBytes => Models.Sum(model => (long)model.UnpackedBytes);

    /// <summary>Its labels, where the scene counts it among the family label and it is prepared; else null.</summary>
    public LabelSet? Labels { get; internal set; }

    /// <summary>Least coordinates of all that is drawn, in the content's frame; ∞ where there is nothing, or the content is not prepared.</summary>
    public Vector3d Min { get; private set; } = new(double.PositiveInfinity, double.PositiveInfinity, double.PositiveInfinity);

    /// <summary>Greatest coordinates, like <see cref="Min"/>.</summary>
    public Vector3d Max { get; private set; } = new(double.NegativeInfinity, double.NegativeInfinity, double.NegativeInfinity);

    /// <summary>One of the content's meshes, once the content is prepared: it looks into the same bytes, and its bounds are those that the file names.</summary>
    internal PreparedContent With(PartedMesh mesh) => new(this, mesh);

    /// <summary>Looks at every vertex and index: finite positions, indices within the vertices; measures the bounds.</summary>
    /// <returns>What is broken, or null.</returns>
    internal string? Verify(Func<bool> isCancelled)
    {
        foreach (var model in Models)
        {
            if (model.Verify(isCancelled, Include) is { } error)
                return error;
        }
        foreach (var points in PointClouds)
        {
            if (points.Verify(isCancelled, Include) is { } error)
                return error;
        }
        return null;
    }

    private void Include(Vector3d least, Vector3d greatest)
    {
        Min = Vector3d.Min(Min, least);
        Max = Vector3d.Max(Max, greatest);
    }
}
