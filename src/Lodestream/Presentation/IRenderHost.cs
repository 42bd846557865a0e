using Lodestream.Scene;

namespace Lodestream.Presentation;

/// <summary>A prepared content to be brought to the GPU.</summary>
/// <param name="Content">Index of the content; names it until <see cref="IRenderHost.Free"/>.</param>
/// <param name="Tile">A tile that names it.</param>
/// <param name="Ticket">The preparation it comes from.</param>
/// <param name="Prepared">What the preparer made: an object the preparer and the host agree on.</param>
public readonly record struct UploadCommand(int Content, int Tile, long Ticket, object? Prepared);

/// <summary>Textures of an uploaded content to be brought to another size.</summary>
/// <param name="Content">Index of the content.</param>
/// <param name="Ticket">The preparation it comes from.</param>
/// <param name="Tier">The tier.</param>
/// <param name="LongestSide">Longer side of a texture at that tier, pixels; a smaller texture stays as it is. <see cref="int.MaxValue"/> for its native size.</param>
public readonly record struct TextureCommand(int Content, long Ticket, Residency.TextureTier Tier, int LongestSide);

/// <summary>The only engine-specific code: uploads, shows, hides and frees, and decides nothing. All calls come from the tick's thread.</summary>
public interface IRenderHost
{
    /// <summary>
    /// Uploads a prepared content. While an older version of it is drawn, both are held until a commit names the content as replaced. The host acknowledges with <see cref="Streaming.InboxKind.Uploaded"/>, at once or later; only then is the content
    /// shown. It refuses with <see cref="Streaming.InboxKind.UploadFailed"/>.
    /// </summary>
    void Upload(in UploadCommand command);

    /// <summary>Shows and hides: the exact difference to the commit before. The object is reused; read it within the call.</summary>
    void Commit(RenderCommit commit);

    /// <summary>Frees what was uploaded, or prepared and not uploaded, for a content; it is not drawn any more. The host posts <see cref="Streaming.InboxKind.Released"/> with the content's ticket.</summary>
    void Free(int content, long ticket);

    /// <summary>
    /// Brings the textures of an uploaded content to another size, one after the other, so that what is drawn never lacks one. The host
    /// answers with <see cref="Streaming.InboxKind.TexturesChanged"/>. When the content is freed meanwhile, it answers that alone, once
    /// nothing of it is held any more.
    /// </summary>
    /// <exception cref="NotSupportedException">This host's textures have one size; its preparer must not announce others.</exception>
    void SetTextures(in TextureCommand command) =>
        throw new NotSupportedException($"{GetType().Name} has textures that change their size and does not change them: implement {nameof(SetTextures)}.");
}
