using Lodestream.Formats.Gltf;
using Lodestream.Formats.Legacy;
using Lodestream.Geometry;
using Lodestream.Scene;

namespace Lodestream.Formats.Preparing;

/// <summary>Bytes of a content or of a file it names.</summary>
/// <param name="File">0 for the content itself, else one more than the place in <see cref="ContentLayout.Files"/>; −1 for <paramref name="Inline"/>; −2 for what an untold payload's arrays are unpacked to.</param>
/// <param name="Range">Where the bytes are in the file.</param>
/// <param name="Inline">Bytes that a data URI held; null for a file's.</param>
public readonly record struct ContentSource(int File, ByteRange Range, byte[]? Inline = null)
{
    /// <summary>Stands for a file in <see cref="File"/>: what the part's own arrays are unpacked to (<see cref="ModelPart.Untold"/>).</summary>
    internal const int Unpacked = -2;

    /// <summary>A part of these bytes.</summary>
    /// <param name="part">Within the range, from its first byte.</param>
    public ContentSource Part(ByteRange part) => this with { Range = part with { Offset = Range.Offset + part.Offset } };
}

/// <summary>A batch table of 3D Tiles 1.0, as ranges of the content; <see cref="BatchTable"/> reads it.</summary>
/// <param name="Json">Its JSON; empty where there is no table.</param>
/// <param name="Binary">Its binary part.</param>
/// <param name="Length">Number of rows.</param>
public readonly record struct BatchTableRanges(ByteRange Json, ByteRange Binary, int Length)
{
    /// <summary>Bytes of both parts: what is kept to look into.</summary>
    public long Bytes => Json.Length == 0 ? 0 : (long)Json.Length + Binary.Length;
}

/// <summary>Something a content draws: a model, instances of one, or a cloud of points.</summary>
public abstract class ContentPart
{
    /// <summary>b3dm, i3dm, pnts, glb, glTF or untold.</summary>
    public required ContentFormat Format { get; init; }

    /// <summary>From the part's own frame to the content's, whose axes are those of glTF.</summary>
    public required Transform3d Frame { get; init; }

    /// <summary>The batch table; without JSON where there is none.</summary>
    public BatchTableRanges BatchTable { get; init; }

    /// <summary>What it takes on the GPU and in main memory.</summary>
    public required GltfCost Cost { get; init; }
}

/// <summary>A glTF model, or what is as good as one. Positions of nodes are in the part's frame.</summary>
public sealed class ModelPart : ContentPart
{
    /// <summary>The glTF's JSON.</summary>
    public required ContentSource Json { get; init; }

    /// <summary>Meshes, nodes, materials, textures.</summary>
    public required GltfDocument Document { get; init; }

    /// <summary>Bytes of each buffer; default for buffers that only stand for decompressed ones.</summary>
    public required ContentSource[] Buffers { get; init; }

    /// <summary>Encoded bytes of each image; default for images in compressed buffer views.</summary>
    public required ContentSource[] Images { get; init; }

    /// <summary>Sizes of the images.</summary>
    public required ImageHeader[] ImageHeaders { get; init; }

    /// <summary>Where it stands, if it is instanced: then <see cref="ContentPart.Frame"/> has the instances' frame, the tile's axes, and each instance places a model on <see cref="UpAxis"/>; null where it stands once.</summary>
    public I3dm? Instances { get; init; }

    /// <summary>Which axis points up in the model.</summary>
    public required UpAxis UpAxis { get; init; }

    /// <summary>What its buffer is unpacked from, where it is an untold payload's: then <see cref="Document"/> is the glTF it would be. Null where it is a glTF.</summary>
    public Untold.UntoldGeometry? Untold { get; init; }

    /// <summary>The file its schema is in (EXT_structural_metadata); default where it is in the glTF, or there is none.</summary>
    public ContentSource? Schema { get; init; }
}

/// <summary>A cloud of points. Positions are in the part's frame, the tile's axes around the cloud's centre.</summary>
public sealed class PointsPart : ContentPart
{
    /// <summary>Where its arrays are.</summary>
    public required Pnts Points { get; init; }
}

/// <summary>What is in a content and where, known before anything is decoded.</summary>
public sealed class ContentLayout
{
    internal ContentLayout(ContentFormat format, IReadOnlyList<ContentPart> parts, IReadOnlyList<string> files)
    {
        (Format, Parts, Files) = (format, parts, files);
        foreach (var part in parts)
            Cost += part.Cost;
    }

    /// <summary>What the bytes turned out to be.</summary>
    public ContentFormat Format { get; }

    /// <summary>What it draws; several in a composite.</summary>
    public IReadOnlyList<ContentPart> Parts { get; }

    /// <summary>URIs of the files it needs beside itself, as it names them.</summary>
    public IReadOnlyList<string> Files { get; }

    /// <summary>What all of it takes.</summary>
    public GltfCost Cost { get; }
}
