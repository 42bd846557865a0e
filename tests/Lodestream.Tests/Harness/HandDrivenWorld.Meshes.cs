using Lodestream.Geometry;
using Lodestream.Scene;
using Lodestream.Streaming;

namespace Lodestream.Tests.Harness;

internal sealed partial class HandDrivenWorld
{
    /// <summary>What a payload's copy takes in main memory.</summary>
    public const int CopyBytes = 5000;

    private readonly Dictionary<long, string> _copies = [];
    private readonly Dictionary<string, long> _parted = [];

    /// <summary>The meshes of payloads, by the content's name; others cannot be parted.</summary>
    public Dictionary<string, PayloadMesh[]> MeshesOf { get; } = [];

    /// <summary>Names of the payloads whose copies are kept.</summary>
    public string[] Copies => [.. _copies.Values.Order(StringComparer.Ordinal)];

    /// <summary>Boxes of a metre in a row along an axis, 100 bytes each.</summary>
    public static PayloadMesh[] Row(Vector3d from, Vector3d step, int count) =>
        [.. Enumerable.Range(0, count).Select(i => new PayloadMesh(from + step * i, from + step * i + new Vector3d(1, 1, 1), 100))];

    /// <summary>The preparation that left a copy, which may have been dropped since.</summary>
    public long TicketOfCopy(string content) => _parted[content];

    private bool IsParted(in PrepareJob job) =>
        job.Mesh < 0 && MeshesOf.TryGetValue(NameOfUri(job.Uri), out var meshes) && job.Admission?.IsOutOfCore(meshes.Length, meshes.Sum(mesh => mesh.GeometryBytes)) == true;

    private void Part(in PrepareJob job)
    {
        _copies.Add(job.Ticket, NameOfUri(job.Uri));
        _parted[NameOfUri(job.Uri)] = job.Ticket;
        var block = MeshTopology.Build(job.Uri, Tree.Transform(job.Tile), Tree.UpAxisOf(job.Tile), MeshesOf[NameOfUri(job.Uri)]);
        Inbox.Post(new() { Kind = InboxKind.TopologyReady, Id = job.Ticket, Payload = block });
    }

    private bool DropCopy(long ticket)
    {
        if (!_copies.Remove(ticket, out var name))
            return false;
        Log.Add($"drop {name}");
        if (ReleasesAtOnce)
            Release(ticket);
        return true;
    }
}
