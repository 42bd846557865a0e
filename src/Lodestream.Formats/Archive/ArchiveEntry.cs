namespace Lodestream.Formats.Archive;

/// <summary>How an entry is compressed.</summary>
public enum ArchiveCompression : byte
{
    /// <summary>Not at all.</summary>
    Stored,

    /// <summary>Deflate.</summary>
    Deflate,

    /// <summary>Zstandard, which is not supported yet.</summary>
    Zstandard,

    /// <summary>Something else, which is not supported.</summary>
    Other,
}

/// <summary>A file in an archive.</summary>
/// <param name="Path">Its path, with <c>/</c> between folders.</param>
/// <param name="DataOffset">Where its bytes begin in the archive.</param>
/// <param name="CompressedLength">How many bytes they are there.</param>
/// <param name="Length">How many they are when decompressed.</param>
/// <param name="Compression">How they are compressed.</param>
/// <param name="Checksum">CRC-32 of the decompressed bytes.</param>
public sealed record ArchiveEntry(string Path, long DataOffset, long CompressedLength, long Length, ArchiveCompression Compression, uint Checksum);

/// <summary>What became of looking for a file in an archive.</summary>
/// <param name="Entry">The file; null where it is not there or its record is broken.</param>
/// <param name="Error">What is broken, or that it is not there; null where there is an entry.</param>
/// <param name="IsAbsent">Whether the archive has no such file.</param>
public readonly record struct ArchiveLookup(ArchiveEntry? Entry, string? Error, bool IsAbsent);

/// <summary>What became of reading a file in an archive.</summary>
/// <param name="Bytes">The file, decompressed; null where it could not be read.</param>
/// <param name="Error">Why not, naming archive and entry; null where it could.</param>
/// <param name="IsAbsent">Whether the archive has no such file.</param>
public readonly record struct ArchiveFile(byte[]? Bytes, string? Error, bool IsAbsent);
