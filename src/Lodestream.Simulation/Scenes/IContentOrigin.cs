using Lodestream.Residency;
using Lodestream.Scene;
using Lodestream.Streaming;

namespace Lodestream.Simulation.Scenes;

/// <summary>A content as a server holds it, with what it becomes once decoded. Bytes.</summary>
/// <param name="Length">Length of the file.</param>
public sealed record OriginContent(long Length)
{
    /// <summary>How often the file was replaced before this.</summary>
    public int Version { get; init; }

    /// <summary>Whether the answer's headers tell the length.</summary>
    public bool AnnouncesLength { get; init; } = true;

    /// <summary>Main memory it holds from decoding until it is uploaded, the file itself included.</summary>
    public long DecodedBytes { get; init; }

    /// <summary>Vertex and index buffers.</summary>
    public long GeometryBytes { get; init; }

    /// <summary>Textures with their mip levels.</summary>
    public long TextureBytes { get; init; }

    /// <summary>Textures at the least and at the medium size; 0 where they have one size.</summary>
    public long MinimumTextureBytes { get; init; }

    /// <inheritdoc cref="MinimumTextureBytes"/>
    public long MediumTextureBytes { get; init; }

    /// <summary>Textures at a size.</summary>
    public long TexturesAt(TextureTier tier) => MinimumTextureBytes == 0 ? TextureBytes : tier switch
    {
        TextureTier.Full => TextureBytes,
        TextureTier.Medium => MediumTextureBytes,
        _ => MinimumTextureBytes,
    };

    /// <summary>It cannot be decoded, however often it is fetched.</summary>
    public bool IsBroken { get; init; }

    /// <summary>It is of a kind nobody can decode: trying again cannot help, and the preparer says so.</summary>
    public bool IsUnsupported { get; init; }

    /// <summary>Files it cannot be prepared without; what it needs decoded includes them.</summary>
    public IReadOnlyList<ContentDependency> Files { get; init; } = [];

    /// <summary>The meshes it can be parted into, where it is admitted out of core; empty where it never is.</summary>
    public IReadOnlyList<OriginMesh> Meshes { get; init; } = [];

    /// <summary>Parses the topology it holds, if it is a document.</summary>
    public Func<TileBlock>? Topology { get; init; }
}

/// <summary>A mesh of a content.</summary>
/// <param name="Shape">Its box, in the content's frame, and its geometry.</param>
/// <param name="TextureBytes">Textures it needs, with their mip levels.</param>
public readonly record struct OriginMesh(PayloadMesh Shape, long TextureBytes);

/// <summary>What the simulated server holds.</summary>
public interface IContentOrigin
{
    /// <summary>The content asked for; null when there is none (404).</summary>
    OriginContent? Find(in TileRequest request);
}

/// <summary>An origin where every content has the length its tileset names, and needs the same again for its geometry.</summary>
/// <param name="tree">The tree that names the contents.</param>
/// <param name="gpuFactor">How much larger a content is on the GPU than as a file.</param>
public sealed class TreeOrigin(TileTree tree, double gpuFactor = 1) : IContentOrigin
{
    // Where the tileset names no length.
    private const uint Unnamed = 64 * 1024;

    /// <inheritdoc />
    public OriginContent? Find(in TileRequest request)
    {
        var named = tree.Contents.Records[request.Content].ByteLength;
        var length = named > 0 ? named : Unnamed;
        var gpu = (long)(length * gpuFactor);
        return new(length) { DecodedBytes = length + gpu, GeometryBytes = gpu };
    }
}
