using System.Buffers.Binary;
using System.Text;

namespace Lodestream.Formats.Archive;

/// <summary>Where the central directory of a ZIP is.</summary>
internal readonly record struct ZipDirectory(long Offset, long Length, long Entries);

/// <summary>A record of the central directory, or what a local header repeats of it.</summary>
internal readonly record struct ZipEntry(string Path, long HeaderOffset, long CompressedLength, long Length, ushort Method, ushort Flags, uint Checksum)
{
    public bool IsEncrypted => (Flags & 1) != 0;

    /// <summary>Sizes and checksum follow the data: the local header does not know them.</summary>
    public bool HasDescriptor => (Flags & 8) != 0;
}

/// <summary>Records of ZIP files (APPNOTE 6.3.10, sections 4.3 and 4.5.3) from their bytes.</summary>
internal static class ZipRecords
{
    /// <summary>The end record with the longest comment it may have, and the locator of the ZIP64 one before it.</summary>
    public const int LongestEnd = 22 + ushort.MaxValue + Zip64Locator;

    public const int LocalHeader = 30, CentralHeader = 46, Zip64End = 56;

    private const int Zip64Locator = 20;

    private const uint LocalSignature = 0x04034b50, CentralSignature = 0x02014b50, EndSignature = 0x06054b50, Zip64EndSignature = 0x06064b50, Zip64LocatorSignature = 0x07064b50;

    /// <summary>Finds the end record in the last bytes of an archive. Gives its place in them; −1 where there is none.</summary>
    public static int FindEnd(ReadOnlySpan<byte> tail)
    {
        for (var at = tail.Length - 22; at >= 0; at--)
        {
            if (U32(tail, at) == EndSignature && at + 22 + U16(tail, at + 20) == tail.Length)
                return at;
        }
        return -1;
    }

    /// <summary>What the end record says; where it says so, what is needed is in a ZIP64 record, whose offset is given.</summary>
    public static ZipDirectory ReadEnd(ReadOnlySpan<byte> tail, int end, out long? zip64)
    {
        var directory = new ZipDirectory(U32(tail, end + 16), U32(tail, end + 12), U16(tail, end + 10));
        var overflows = directory.Offset == uint.MaxValue || directory.Length == uint.MaxValue || directory.Entries == ushort.MaxValue;
        zip64 = overflows && end >= Zip64Locator && U32(tail, end - Zip64Locator) == Zip64LocatorSignature
            ? (long)Math.Min(U64(tail, end - Zip64Locator + 8), long.MaxValue)
            : null;
        return directory;
    }

    /// <summary>The ZIP64 end record.</summary>
    public static ZipDirectory? ReadZip64End(ReadOnlySpan<byte> record) =>
        record.Length < Zip64End || U32(record, 0) != Zip64EndSignature ? null : new(Signed(record, 48), Signed(record, 40), Signed(record, 32));

    /// <summary>A record of the central directory; null where there is none at the place. <paramref name="length"/> is its own.</summary>
    public static ZipEntry? ReadCentral(ReadOnlySpan<byte> directory, int at, out int length)
    {
        length = 0;
        if (at < 0 || at + CentralHeader > directory.Length || U32(directory, at) != CentralSignature)
            return null;
        int name = U16(directory, at + 28), extra = U16(directory, at + 30), comment = U16(directory, at + 32);
        length = CentralHeader + name + extra + comment;
        if (at + length > directory.Length)
            return null;
        var path = Encoding.UTF8.GetString(directory.Slice(at + CentralHeader, name));
        var entry = new ZipEntry(path, U32(directory, at + 42), U32(directory, at + 20), U32(directory, at + 24), U16(directory, at + 10), U16(directory, at + 8), U32(directory, at + 16));
        return Widen(entry, directory.Slice(at + CentralHeader + name, extra));
    }

    /// <summary>A local header without its name; <paramref name="more"/> is how many bytes of name and extra fields follow it.</summary>
    public static ZipEntry? ReadLocal(ReadOnlySpan<byte> header, long offset, out int name, out int more)
    {
        (name, more) = (0, 0);
        if (header.Length < LocalHeader || U32(header, 0) != LocalSignature)
            return null;
        name = U16(header, 26);
        more = name + U16(header, 28);
        return new("", offset, U32(header, 18), U32(header, 22), U16(header, 8), U16(header, 6), U32(header, 14));
    }

    /// <summary>Takes sizes and offset from the ZIP64 extra field where the record itself has no room for them.</summary>
    public static ZipEntry? Widen(ZipEntry entry, ReadOnlySpan<byte> extra)
    {
        if (entry.Length != uint.MaxValue && entry.CompressedLength != uint.MaxValue && entry.HeaderOffset != uint.MaxValue)
            return entry;
        while (extra.Length >= 4)
        {
            var (id, size) = (U16(extra, 0), U16(extra, 2));
            if (size > extra.Length - 4)
                return null;
            if (id == 1)
                return Widened(entry, extra.Slice(4, size));
            extra = extra[(4 + size)..];
        }
        return entry;
    }

    private static ZipEntry? Widened(ZipEntry entry, ReadOnlySpan<byte> field)
    {
        var at = 0;
        if (entry.Length == uint.MaxValue)
        {
            if (at + 8 > field.Length)
                return null;
            entry = entry with { Length = Signed(field, at) };
            at += 8;
        }
        if (entry.CompressedLength == uint.MaxValue)
        {
            if (at + 8 > field.Length)
                return null;
            entry = entry with { CompressedLength = Signed(field, at) };
            at += 8;
        }
        if (entry.HeaderOffset == uint.MaxValue && at + 8 <= field.Length)
            entry = entry with { HeaderOffset = Signed(field, at) };
        return entry;
    }

    private static ushort U16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    private static uint U32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    private static ulong U64(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]);

    // What no file is long enough for is as good as the largest number.
    private static long Signed(ReadOnlySpan<byte> bytes, int at) => (long)Math.Min(U64(bytes, at), long.MaxValue);
}
