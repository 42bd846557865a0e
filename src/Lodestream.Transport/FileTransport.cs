using Lodestream.Formats.Archive;
using Lodestream.Streaming;

namespace Lodestream.Transport;

/// <summary>Reads files: <c>file:</c> URIs and plain paths. Query and fragment do not count.</summary>
/// <param name="inbox">Where outcomes go.</param>
/// <param name="time">The clock; null for the system's.</param>
public sealed class FileTransport(Inbox inbox, TimeProvider? time = null) : FetchingTransport(inbox, time ?? TimeProvider.System)
{
    /// <inheritdoc/>
    public override async Task<FetchOutcome> FetchAsync(string uri, IFetchProgress? progress, CancellationToken cancellation)
    {
        if (PathOf(uri) is not { } path)
            return FetchOutcome.Failed(FetchStatus.Refused, $"{uri}: is not a file");
        try
        {
            var stream = new FileStream(path, new FileStreamOptions { Options = FileOptions.Asynchronous | FileOptions.SequentialScan, BufferSize = 0, Share = FileShare.ReadWrite | FileShare.Delete });
            await using var _ = stream.ConfigureAwait(false);
            var length = stream.Length;
            if (length > Array.MaxLength)
                return FetchOutcome.Failed(FetchStatus.Refused, $"{uri}: has {length} bytes; at most {Array.MaxLength} are accepted");
            progress?.Headers(length);
            return await BodyReader.ReadAsync(uri, stream, length, Array.MaxLength, progress, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return FetchOutcome.Failed(FetchStatus.NotFound, $"{uri}: there is no such file");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException or ArgumentException)
        {
            return FetchOutcome.Failed(Directory.Exists(path) ? FetchStatus.Refused : FetchStatus.NetworkError, $"{uri}: {(Directory.Exists(path) ? "is a folder" : e.Message)}");
        }
    }

    /// <summary>Opens a local file as an archive's bytes.</summary>
    internal static Task<ArchiveSource> OpenArchiveAsync(string uri) =>
        Task.FromResult(ArchiveSource.OfFile(PathOf(uri) ?? throw new IOException("is not a file")));

    /// <summary>The path a URI or plain path names, or null where it names something else than a local file.</summary>
    internal static string? PathOf(string uri)
    {
        if (uri.Length == 0)
            return null;
        if (!uri.StartsWith("file:", StringComparison.OrdinalIgnoreCase))
            return uri.Contains("://", StringComparison.Ordinal) ? null : WithoutQuery(uri);

        // .NET takes '?' in file URIs for a query on some systems and for a part of the name on others; here it is always a query.
        return Uri.TryCreate(WithoutQuery(uri), UriKind.Absolute, out var address) && address.IsFile && !address.IsUnc ? address.LocalPath : null;
    }

    private static string WithoutQuery(string uri)
    {
        var end = uri.AsSpan().IndexOfAny('?', '#');
        return end < 0 ? uri : uri[..end];
    }
}
