using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace Lodestream.Formats.Archive;

/// <summary>
/// The index of a 3D Tiles archive (3D Tiles Archive Format 1.3): per file the MD5 of its path and the offset of its local header, 24
/// bytes, sorted by the hash. It stays as it is in the file and is searched in halves.
/// </summary>
internal sealed class ArchiveIndex
{
    public const string Name = "@3dtilesIndex1@";

    private const int RecordBytes = 24;

    private readonly byte[] _records;
    private readonly Func<ReadOnlySpan<byte>, ReadOnlySpan<byte>, int> _order;

    private ArchiveIndex(byte[] records, Func<ReadOnlySpan<byte>, ReadOnlySpan<byte>, int> order) => (_records, _order) = (records, order);

    public int Count => _records.Length / RecordBytes;

    /// <summary>Takes the index's bytes; null where they are not sorted in any way writers are known to sort.</summary>
    public static ArchiveIndex? Read(byte[] records)
    {
        if (records.Length % RecordBytes != 0)
            return null;
        foreach (var order in (ReadOnlySpan<Func<ReadOnlySpan<byte>, ReadOnlySpan<byte>, int>>)[ByLowWord, ByHighWord, ByBytes])
        {
            var index = new ArchiveIndex(records, order);
            if (index.IsSorted())
                return index;
        }
        return null;
    }

    /// <summary>Offset of a file's local header; −1 where it is not in the index.</summary>
    [SuppressMessage("Security", "CA5351", Justification = "The format's choice; it finds files and protects nothing.")]
    public long Find(string path)
    {
        Span<byte> hash = stackalloc byte[MD5.HashSizeInBytes];
        MD5.HashData(Encoding.UTF8.GetBytes(path), hash);
        var (low, high) = (0, Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            var order = _order(Record(middle), hash);
            if (order == 0)
                return (long)Math.Min(BinaryPrimitives.ReadUInt64LittleEndian(Record(middle)[MD5.HashSizeInBytes..]), long.MaxValue);
            if (order < 0)
                low = middle + 1;
            else
                high = middle;
        }
        return -1;
    }

    private ReadOnlySpan<byte> Record(int index) => _records.AsSpan(index * RecordBytes, RecordBytes);

    private bool IsSorted()
    {
        for (var i = 1; i < Count; i++)
        {
            if (_order(Record(i - 1), Record(i)) >= 0)
                return false;
        }
        return true;
    }

    // Two little-endian words, the first one first.
    private static int ByLowWord(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        var first = Word(a, 0).CompareTo(Word(b, 0));
        return first != 0 ? first : Word(a, 8).CompareTo(Word(b, 8));
    }

    private static int ByHighWord(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        var first = Word(a, 8).CompareTo(Word(b, 8));
        return first != 0 ? first : Word(a, 0).CompareTo(Word(b, 0));
    }

    private static int ByBytes(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b) => a[..MD5.HashSizeInBytes].SequenceCompareTo(b[..MD5.HashSizeInBytes]);

    private static ulong Word(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]);
}
