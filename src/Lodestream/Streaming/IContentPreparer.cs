using Lodestream.Scene;
using Lodestream.Selection;

namespace Lodestream.Streaming;

/// <summary>A fetched payload to be made ready for upload.</summary>
/// <param name="Ticket">Number of the preparation, never used twice; every answer carries it back.</param>
/// <param name="Content">Index of the content.</param>
/// <param name="Tile">A tile that names the content.</param>
/// <param name="Uri">Absolute URI.</param>
/// <param name="Format">How it is encoded, as far as the URI tells; <see cref="ContentFormat.Tileset"/> for topology.</param>
/// <param name="Payload">What the transport delivered: an object the transport and the preparer agree on (natively a <c>byte[]</c>).</param>
/// <param name="ByteLength">Length of the payload in bytes.</param>
public readonly record struct PrepareJob(long Ticket, int Content, int Tile, string Uri, ContentFormat Format, object? Payload, long ByteLength)
{
    /// <summary>By what the payload may be admitted out of core ; null where it must be prepared whole.</summary>
    public TileAdmission? Admission { get; init; }

    /// <summary>For a <see cref="ContentFormat.PayloadMesh"/>: the preparation whose copy holds the mesh. There is no payload.</summary>
    public long Copy { get; init; }

    /// <summary>The mesh's number in that payload, as its <see cref="MeshTopology"/> has it; −1 for everything else.</summary>
    public int Mesh { get; init; } = -1;

    /// <summary>
    /// The sizes textures are to have later; null where they have their native size from the start. A preparer that can limit them decodes
    /// them at the least size, and says with <see cref="InboxKind.Measured"/> what they would take at the others; for one that cannot, this
    /// means nothing.
    /// </summary>
    public TextureSizes? TextureSizes { get; init; }
}

/// <summary>Longer sides of limited textures, pixels.</summary>
/// <param name="Medium">At <see cref="Residency.TextureTier.Medium"/>.</param>
/// <param name="Minimum">At <see cref="Residency.TextureTier.Minimum"/>.</param>
public readonly record struct TextureSizes(int Medium, int Minimum);

/// <summary>
/// Makes fetched bytes ready for the host: decodes meshes and images, parses topology. Answers go to the <see cref="Inbox"/>, from
/// any thread, in this order: <see cref="InboxKind.Measured"/> (exact sizes, known before anything large is allocated), then, after
/// <see cref="Proceed"/>, <see cref="InboxKind.Prepared"/> or <see cref="InboxKind.PrepareFailed"/>. Topology skips measuring and
/// answers with <see cref="InboxKind.TopologyReady"/>. A job that names further files answers <see cref="InboxKind.NeedsFiles"/> before
/// anything else, as often as it takes, and goes on when <see cref="Supply"/> brings them; what is measured includes them. A cancelled job answers <see cref="InboxKind.Released"/> when it holds no
/// memory any more; so does a prepared content once the host freed it.
/// A payload that its <see cref="PrepareJob.Admission"/> lets in out of core is measured as what its copy takes in main memory, and answers
/// <see cref="InboxKind.TopologyReady"/> with a <see cref="MeshTopology"/> after <see cref="Proceed"/>. The preparer keeps the copy until <see cref="Cancel"/>, which it answers with
/// <see cref="InboxKind.Released"/>, and prepares single meshes from it (<see cref="PrepareJob.Copy"/>) as often as it is asked to.
/// </summary>
public interface IContentPreparer
{
    /// <summary>Starts measuring a payload; must not block.</summary>
    void Start(in PrepareJob job);

    /// <summary>The files that the job asked for with <see cref="InboxKind.NeedsFiles"/>, in the order it named them: go on.</summary>
    /// <exception cref="NotSupportedException">This preparer never asks for files.</exception>
    void Supply(long ticket, IReadOnlyList<DependencyFile> files) =>
        throw new NotSupportedException($"{GetType().Name} asked for files and does not take them: implement {nameof(Supply)}.");

    /// <summary>The memory that was measured is granted: decode.</summary>
    void Proceed(long ticket);

    /// <summary>Calls the job off. Its memory stays accounted for until the preparer posts <see cref="InboxKind.Released"/>.</summary>
    void Cancel(long ticket, CancelReason reason);
}
