using Lodestream.Streaming;

namespace Lodestream.Presentation;

/// <summary>
/// A host without a screen: uploads are acknowledged at once, nothing is drawn. What would be on screen is in
/// <see cref="TileStreamer.Drawn"/>. For servers, tools and tests.
/// </summary>
/// <param name="inbox">The streamer's inbox.</param>
public sealed class HeadlessHost(Inbox inbox) : IRenderHost
{
    /// <inheritdoc />
    public void Upload(in UploadCommand command) => inbox.Post(new() { Kind = InboxKind.Uploaded, Id = command.Ticket });

    /// <inheritdoc />
    public void Commit(RenderCommit commit)
    {
    }

    /// <inheritdoc />
    public void Free(int content, long ticket) => inbox.Post(new() { Kind = InboxKind.Released, Id = ticket });
}
