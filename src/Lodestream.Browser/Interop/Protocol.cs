namespace Lodestream.Browser.Interop;

/// <summary>What C# tells the page. The words that follow each are listed beside it; wwwroot/lodestream/protocol.js is its mirror.</summary>
internal enum Command
{
    /// <summary>request, URI (text), whether caches are to ask the source.</summary>
    Fetch = 1,

    /// <summary>request.</summary>
    AbortFetch = 2,

    /// <summary>payload.</summary>
    DropPayload = 3,

    /// <summary>ticket, payload, number of the files it names, their payloads, plan (text): what to decode and where it is (<see cref="DecodePlan"/>).</summary>
    Decode = 4,

    /// <summary>ticket, whether it took too long.</summary>
    CancelDecode = 5,

    /// <summary>content, ticket, URI (text), whether it is to be kept for batches and reported with them.</summary>
    Upload = 6,

    /// <summary>content, ticket.</summary>
    Free = 7,

    /// <summary>
    /// region, source, level of the source, child mask, path key of the region (text), number of contents, contents, content of the region
    /// map that colours its terrain or −1 (then: bits of the contents that are terrain, origin of the map (3), what to multiply a distance from it with for u (3) and v (3)),
    /// transform of the source's contents (16, column-major), centre (3), whether there is a keep cell (then: axes (9), least (3), greatest (3)), number
    /// of child cells (then: axes (9), least and greatest of each (6)). Cells are relative to the centre.
    /// </summary>
    Show = 8,

    /// <summary>region.</summary>
    Hide = 9,

    /// <summary>URI (text) and error (text) of a content that failed.</summary>
    Report = 10,

    /// <summary>content: its newest upload takes the place of the one before, wherever it is drawn.</summary>
    Replace = 11,

    /// <summary>slot, version, position (3), rank, kind (text), name (text): what a slot of the label list holds from now on.</summary>
    Label = 12,

    /// <summary>number of labels, then of each: slot, opacity, whether the core wants to know if it is seen. Those that are not named are not drawn.</summary>
    Labels = 13,

    /// <summary>batch, epoch, least and greatest coordinates of its box (6), number of meshes, of each its content and place: merge them, aside.</summary>
    BuildBatch = 14,

    /// <summary>batch: draw it in place of its meshes.</summary>
    SwapInBatch = 15,

    /// <summary>batch: draw its meshes themselves again; stop, if it is still being merged.</summary>
    DropBatch = 16,

    /// <summary>batch: free its buffers.</summary>
    ReleaseBatch = 17,

    /// <summary>ticket, payload, number of the files it names, their payloads, plan (text): keep them, what is compressed of the first unpacked (<see cref="DecodePlan"/>).</summary>
    KeepCopy = 18,

    /// <summary>ticket, ticket of the copy, plan (text): what of the copy to decode (<see cref="DecodePlan"/>).</summary>
    DecodeMesh = 19,

    /// <summary>ticket: what is kept is wanted no more.</summary>
    DropCopy = 20,
}

/// <summary>What the page tells C#: eight words each, the kind first.</summary>
internal enum PageEvent
{
    /// <summary>request, announced bytes.</summary>
    Headers = 1,

    /// <summary>request, status (<see cref="Streaming.FetchStatus"/>), HTTP status, bytes, Retry-After in seconds, milliseconds it took, error (text); of what came, the first and the second half of its digest in the place of Retry-After and error.</summary>
    Fetched = 2,

    /// <summary>request, bytes so far.</summary>
    Progress = 3,

    /// <summary>ticket, bytes of main memory, milliseconds it took; of a copy: it is kept.</summary>
    Decoded = 4,

    /// <summary>ticket, error (text), whether it is not supported and trying again is no use.</summary>
    DecodeFailed = 5,

    /// <summary>ticket.</summary>
    Released = 6,

    /// <summary>ticket, bytes of geometry, bytes of textures, milliseconds it took, its meshes for batches (numbers; 0 for none).</summary>
    Uploaded = 7,

    /// <summary>ticket, error (text).</summary>
    UploadFailed = 8,

    /// <summary>(nothing).</summary>
    ContextLost = 9,

    /// <summary>absolute URI (text) of a content that has changed at its source.</summary>
    Changed = 10,

    /// <summary>(nothing): the page is to give back what memory it can.</summary>
    MemoryPressure = 11,

    /// <summary>slot and version of a label, whether it is seen.</summary>
    LabelSight = 12,

    /// <summary>batch, epoch.</summary>
    BatchBuilt = 13,

    /// <summary>batch, epoch: it could not be merged, or was called off.</summary>
    BatchFailed = 14,
}
