namespace Lodestream.Scene;

/// <summary>64-bit hashes (FNV-1a, finished by splitmix64's mixer) that are the same on every host and in every run.</summary>
internal static class UriHash
{
    private const ulong Offset = 14695981039346656037, Prime = 1099511628211;

    /// <summary>Hash of a URI relative to a document: of the document's folder, then the URI.</summary>
    public static ulong Of(string baseUri, ReadOnlySpan<byte> uri)
    {
        var folder = baseUri.AsSpan(0, baseUri.LastIndexOf('/') + 1);
        var hash = Offset;
        foreach (var c in folder)
            hash = (hash ^ c) * Prime;
        foreach (var b in uri)
            hash = (hash ^ b) * Prime;
        return Mix(hash);
    }

    /// <summary>splitmix64's finisher.</summary>
    public static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }
}
