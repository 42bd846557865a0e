using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Lodestream.Server.Files;

/// <summary>A file as it goes over the network.</summary>
/// <param name="Path">Absolute path of the bytes to send.</param>
/// <param name="Coding">The Content-Encoding these bytes are in, or null if they are plain.</param>
/// <param name="Varies">Another client may get other bytes: the answer needs <c>Vary: Accept-Encoding</c>.</param>
internal readonly record struct CodedFile(string Path, string? Coding, bool Varies);

/// <summary>Chooses between a file and its precompressed siblings <c>*.br</c> and <c>*.gz</c>.</summary>
internal static class ContentCoding
{
    // In the order of preference: the smaller first.
    private static readonly (string Coding, string Suffix)[] Siblings = [("br", ".br"), ("gzip", ".gz")];

    /// <summary>A sibling bears its file's time or a later one; tools that copy times round them, Node to a millisecond, archives to two seconds.</summary>
    private static readonly TimeSpan TimeRounding = TimeSpan.FromSeconds(2);

    /// <summary>The best form of a file the client accepts.</summary>
    /// <remarks>A sibling older than the file is a leftover of an earlier build and is not used. A request for a range gets the plain file: offsets are the file's.</remarks>
    public static CodedFile Choose(string path, IHeaderDictionary requestHeaders)
    {
        CodedFile? chosen = null;
        var varies = false;
        var written = default(DateTime);
        foreach (var (coding, suffix) in Siblings)
        {
            var sibling = new FileInfo(path + suffix);
            if (!sibling.Exists || sibling.LinkTarget is not null)
                continue;
            if (written == default)
                written = File.GetLastWriteTimeUtc(path);
            if (sibling.LastWriteTimeUtc < written - TimeRounding)
                continue;
            varies = true;
            if (chosen is null && requestHeaders.Range.Count == 0 && Accepts(requestHeaders, coding))
                chosen = new(sibling.FullName, coding, true);
        }

        return chosen ?? new(path, null, varies);
    }

    private static bool Accepts(IHeaderDictionary headers, string coding)
    {
        if (!StringWithQualityHeaderValue.TryParseList(headers.AcceptEncoding, out var accepted))
            return false;
        double? any = null;
        foreach (var item in accepted)
        {
            if (item.Value.Equals(coding, StringComparison.OrdinalIgnoreCase))
                return item.Quality is not 0;
            if (item.Value.Equals("*", StringComparison.Ordinal))
                any = item.Quality ?? 1;
        }

        return any > 0;
    }
}
