using System.Text;

namespace Lodestream.Scene;

/// <summary>64-bit hashes (FNV-1a, finished by splitmix64's mixer) that are the same on every host and in every run.</summary>
internal static class UriHash
{
    private const ulong Offset = 14695981039346656037, Prime = 1099511628211;

    /// <summary>Hash of an absolute URI.</summary>
    public static ulong Of(string absoluteUri) => Mix(Add(Offset, absoluteUri));

    /// <summary>What the hashes of a document's relative URIs start from.</summary>
    public static ulong FolderOf(string documentUri) => Add(Offset, SceneUri.FolderOf(documentUri));

    /// <summary>Hash of the absolute URI of a reference, however it is written.</summary>
    /// <param name="documentUri">Absolute URI of the document.</param>
    /// <param name="folder">What <see cref="FolderOf"/> gives for it.</param>
    /// <param name="reference">UTF-8 URI reference in the document.</param>
    public static ulong Of(string documentUri, ulong folder, ReadOnlySpan<byte> reference)
    {
        if (!IsPlain(reference))
            return Of(SceneUri.Resolve(documentUri, Encoding.UTF8.GetString(reference)));
        foreach (var b in reference)
            folder = (folder ^ b) * Prime;
        return Mix(folder);
    }

    /// <summary>splitmix64's finisher.</summary>
    public static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }

    /// <summary>Whether a reference is, as nearly every one, names and slashes alone, which resolving would only put behind the document's folder.</summary>
    /// <param name="reference">UTF-8 URI reference.</param>
    public static bool IsPlain(ReadOnlySpan<byte> reference)
    {
        var previous = (byte)'/';
        foreach (var b in reference)
        {
            var isName = char.IsAsciiLetterOrDigit((char)b) || b is (byte)'_' or (byte)'-' || (b == '.' && previous != '/');
            if (!isName && (b != '/' || previous == '/'))
                return false;
            previous = b;
        }
        return reference.Length > 0;
    }

    private static ulong Add(ulong hash, string text)
    {
        foreach (var c in text)
            hash = (hash ^ c) * Prime;
        return hash;
    }
}
