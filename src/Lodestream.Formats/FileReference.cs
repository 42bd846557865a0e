using System.Text;

namespace Lodestream.Formats;

/// <summary>
/// Paths as manifests and payloads write them, as URI references: what a path may hold and a URI would read as something else is escaped.
/// Absolute http, https and file URIs stay as they are.
/// </summary>
internal static class FileReference
{
    private static readonly System.Buffers.SearchValues<byte> Special = System.Buffers.SearchValues.Create("%#?\\ "u8);

    /// <summary>The reference for a path.</summary>
    /// <param name="path">UTF-8 path, relative or absolute, or an absolute URI.</param>
    public static ReadOnlySpan<byte> Of(ReadOnlySpan<byte> path)
    {
        if (path.IndexOfAny(Special) < 0 || path.IndexOf("://"u8) >= 0)
            return path;
        var escaped = new List<byte>(path.Length + 8);
        foreach (var c in path)
        {
            if (c == '\\')
                escaped.Add((byte)'/');
            else if (Special.Contains(c))
                escaped.AddRange(Encoding.ASCII.GetBytes($"%{c:X2}"));
            else
                escaped.Add(c);
        }
        return escaped.ToArray();
    }

    /// <inheritdoc cref="Of(ReadOnlySpan{byte})"/>
    public static string Of(string path) => Encoding.UTF8.GetString(Of(Encoding.UTF8.GetBytes(path)));
}
