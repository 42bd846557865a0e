using Lodestream.Scene;
using Lodestream.Streaming;

namespace Lodestream.Diagnostics;

/// <summary>Inbox messages in a recording: what is 0 is left out, and of payloads that are bytes only their digest stays, where the transport told it.</summary>
internal static class TraceMessages
{
    [Flags]
    private enum Fields : uint
    {
        Id = 1,
        Status = 2,
        HttpStatus = 4,
        Bytes = 8,
        CpuBytes = 16,
        GpuGeometryBytes = 32,
        GpuTextureBytes = 64,
        RetryAfter = 128,
        Cost = 256,
        Permanent = 512,
        Error = 1024,
        Digest = 2048,
        Topology = 4096,
        Uri = 8192,
        Files = 16384,
        Labels = 32768,
        TextureSizes = 65536,
    }

    public static void Write(in InboxMessage message, TraceBuffer to, TraceUris uris)
    {
        var fields = FieldsOf(message);
        to.Byte((byte)message.Kind);
        to.Whole((ulong)fields);
        if ((fields & Fields.Id) != 0)
            to.Signed(message.Id);
        if ((fields & Fields.Status) != 0)
            to.Byte((byte)message.Status);
        if ((fields & Fields.HttpStatus) != 0)
            to.Signed(message.HttpStatus);
        if ((fields & Fields.Bytes) != 0)
            to.Signed(message.Bytes);
        if ((fields & Fields.CpuBytes) != 0)
            to.Signed(message.CpuBytes);
        if ((fields & Fields.GpuGeometryBytes) != 0)
            to.Signed(message.GpuGeometryBytes);
        if ((fields & Fields.GpuTextureBytes) != 0)
            to.Signed(message.GpuTextureBytes);
        if ((fields & Fields.RetryAfter) != 0)
            to.Real(message.RetryAfterSeconds);
        if ((fields & Fields.Cost) != 0)
            to.Real(message.CostMs);
        if ((fields & Fields.Error) != 0)
            to.Text(TraceUris.StripText(message.Error!));
        if ((fields & Fields.Digest) != 0)
            to.Word(message.Digest);
        WritePayload(message.Payload, fields, to, uris);
        if ((fields & Fields.Labels) != 0)
            TraceLabels.Write(message.Labels!, to);
        if ((fields & Fields.TextureSizes) != 0)
        {
            to.Signed(message.MediumTextureBytes);
            to.Signed(message.FullTextureBytes);
        }
    }

    public static InboxMessage Read(TraceInput from)
    {
        var message = new InboxMessage { Kind = from.Member<InboxKind>() };
        var fields = (Fields)from.Count(131071, "as a message's fields");
        if ((fields & Fields.Id) != 0)
            message.Id = from.Signed();
        if ((fields & Fields.Status) != 0)
            message.Status = from.Member<FetchStatus>();
        if ((fields & Fields.HttpStatus) != 0)
            message.HttpStatus = (int)from.Signed();
        if ((fields & Fields.Bytes) != 0)
            message.Bytes = from.Signed();
        if ((fields & Fields.CpuBytes) != 0)
            message.CpuBytes = from.Signed();
        if ((fields & Fields.GpuGeometryBytes) != 0)
            message.GpuGeometryBytes = from.Signed();
        if ((fields & Fields.GpuTextureBytes) != 0)
            message.GpuTextureBytes = from.Signed();
        if ((fields & Fields.RetryAfter) != 0)
            message.RetryAfterSeconds = from.Real();
        if ((fields & Fields.Cost) != 0)
            message.CostMs = from.Real();
        message.Permanent = (fields & Fields.Permanent) != 0;
        if ((fields & Fields.Error) != 0)
            message.Error = from.Text();
        if ((fields & Fields.Digest) != 0)
            message.Digest = from.Word();
        message.Payload = ReadPayload(message.Kind, fields, from);
        message.Labels = (fields & Fields.Labels) != 0 ? TraceLabels.Read(from) : null;
        if ((fields & Fields.TextureSizes) != 0)
            (message.MediumTextureBytes, message.FullTextureBytes) = (from.Signed(), from.Signed());
        return message;
    }

    private static Fields FieldsOf(in InboxMessage message) =>
        (message.Id != 0 ? Fields.Id : 0) | (message.Status != 0 ? Fields.Status : 0) | (message.HttpStatus != 0 ? Fields.HttpStatus : 0) | (message.Bytes != 0 ? Fields.Bytes : 0)
        | (message.CpuBytes != 0 ? Fields.CpuBytes : 0) | (message.GpuGeometryBytes != 0 ? Fields.GpuGeometryBytes : 0) | (message.GpuTextureBytes != 0 ? Fields.GpuTextureBytes : 0)
        | (message.RetryAfterSeconds != 0 ? Fields.RetryAfter : 0) | (message.CostMs != 0 ? Fields.Cost : 0) | (message.Permanent ? Fields.Permanent : 0) | (message.Error is not null ? Fields.Error : 0)
        | (message.Labels is not null ? Fields.Labels : 0) | (message.Digest != 0 ? Fields.Digest : 0) | (message.MediumTextureBytes != 0 || message.FullTextureBytes != 0 ? Fields.TextureSizes : 0)
        | message.Payload switch
        {
            TileBlock => Fields.Topology,
            string or TracedUri when message.Kind == InboxKind.Changed => Fields.Uri,
            IReadOnlyList<ContentDependency> => Fields.Files,
            _ => 0,
        };

    private static void WritePayload(object? payload, Fields fields, TraceBuffer to, TraceUris uris)
    {
        if ((fields & Fields.Topology) != 0)
            TraceTopology.Write((TileBlock)payload!, to, uris);
        else if ((fields & Fields.Uri) != 0)
            to.Word(TracedUri.HashOf(payload));
        else if ((fields & Fields.Files) != 0)
            WriteFiles((IReadOnlyList<ContentDependency>)payload!, to, uris);
    }

    private static object? ReadPayload(InboxKind kind, Fields fields, TraceInput from)
    {
        if ((fields & Fields.Topology) != 0)
            return TraceTopology.Read(from);
        if ((fields & Fields.Uri) != 0)
            return new TracedUri(from.Word());
        if ((fields & Fields.Files) != 0)
            return ReadFiles(from);
        return kind is InboxKind.TopologyReady or InboxKind.Changed or InboxKind.NeedsFiles ? throw from.Damage($"{kind} without what it brings") : null;
    }

    private static void WriteFiles(IReadOnlyList<ContentDependency> files, TraceBuffer to, TraceUris uris)
    {
        to.Whole((ulong)files.Count);
        for (var i = 0; i < files.Count; i++)
        {
            to.Flag(files[i].IsOptional);
            to.Text(uris.Strip(files[i].Uri));
        }
    }

    private static ContentDependency[] ReadFiles(TraceInput from)
    {
        var files = new ContentDependency[from.CountOf(2, "files")];
        for (var i = 0; i < files.Length; i++)
        {
            var isOptional = from.Flag();
            files[i] = new(from.Text(), isOptional);
        }
        return files;
    }
}
