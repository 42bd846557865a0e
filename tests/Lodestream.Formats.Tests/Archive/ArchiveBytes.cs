using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace Lodestream.Formats.Tests.Archive;

/// <summary>Makes archives by hand, with an index or without, with 64-bit records where they are not needed, or broken.</summary>
[SuppressMessage("Security", "CA5351", Justification = "The format's choice.")]
[SuppressMessage("Design", "CA1001", Justification = "Memory streams hold nothing but memory.")]
internal sealed class ArchiveBytes
{
    private readonly MemoryStream _data = new();
    private readonly MemoryStream _directory = new();
    private readonly List<(string Path, long Offset)> _index = [];
    private int _entries;

    public bool Zip64 { get; init; }

    /// <summary>Whether the index's first word decides over its order, or its second.</summary>
    public bool HighWordFirst { get; init; }

    public ArchiveBytes Add(string path, byte[] bytes, ushort method = 0, ushort flags = 0, bool indexed = true, uint? checksum = null)
    {
        var packed = method == 8 ? Deflate(bytes) : bytes;
        var offset = _data.Position;
        var crc = checksum ?? Crc(bytes);
        var name = Encoding.UTF8.GetBytes(path);
        var hidesSizes = (flags & 8) != 0;
        Write(_data, 0x04034b50u, (ushort)45, flags, method, 0u, hidesSizes ? 0 : crc);
        Write(_data, hidesSizes ? 0 : Zip64 ? uint.MaxValue : (uint)packed.Length, hidesSizes ? 0 : Zip64 ? uint.MaxValue : (uint)bytes.Length, (ushort)name.Length, (ushort)(Zip64 ? 20 : 0));
        _data.Write(name);
        if (Zip64)
            Write(_data, (ushort)1, (ushort)16, (ulong)bytes.Length, (ulong)packed.Length);
        _data.Write(packed);
        Write(_directory, 0x02014b50u, (ushort)45, (ushort)45, flags, method, 0u, crc);
        Write(_directory, Zip64 ? uint.MaxValue : (uint)packed.Length, Zip64 ? uint.MaxValue : (uint)bytes.Length, (ushort)name.Length, (ushort)(Zip64 ? 28 : 0), (ushort)0, (ushort)0, (ushort)0, 0u, Zip64 ? uint.MaxValue : (uint)offset);
        _directory.Write(name);
        if (Zip64)
            Write(_directory, (ushort)1, (ushort)24, (ulong)bytes.Length, (ulong)packed.Length, (ulong)offset);
        _entries++;
        if (indexed)
            _index.Add((path, offset));
        return this;
    }

    public ArchiveBytes Add(string path, string text, ushort method = 0) => Add(path, Encoding.UTF8.GetBytes(text), method);

    /// <summary>Adds the index of what was added so far, or one that is made up.</summary>
    public ArchiveBytes AddIndex(byte[]? records = null) => Add("@3dtilesIndex1@", records ?? Index(), indexed: false);

    public byte[] Index()
    {
        var records = _index.Select(entry =>
        {
            var record = new byte[24];
            MD5.HashData(Encoding.UTF8.GetBytes(entry.Path), record);
            BinaryPrimitives.WriteInt64LittleEndian(record.AsSpan(16), entry.Offset);
            return record;
        });
        var (first, second) = HighWordFirst ? (8, 0) : (0, 8);
        return [.. records.OrderBy(r => BitConverter.ToUInt64(r, first)).ThenBy(r => BitConverter.ToUInt64(r, second)).SelectMany(r => r)];
    }

    public byte[] Build()
    {
        var offset = _data.Position;
        var length = _directory.Length;
        var all = new MemoryStream();
        all.Write(_data.ToArray());
        all.Write(_directory.ToArray());
        if (Zip64)
        {
            var end = all.Position;
            Write(all, 0x06064b50u, 44UL, (ushort)45, (ushort)45, 0u, 0u, (ulong)_entries, (ulong)_entries, (ulong)length, (ulong)offset);
            Write(all, 0x07064b50u, 0u, (ulong)end, 1u);
        }
        Write(all, 0x06054b50u, 0u, (ushort)(Zip64 ? ushort.MaxValue : _entries), (ushort)(Zip64 ? ushort.MaxValue : _entries));
        Write(all, Zip64 ? uint.MaxValue : (uint)length, Zip64 ? uint.MaxValue : (uint)offset, (ushort)0);
        return all.ToArray();
    }

    // Bit by bit, as the standard's words have it: shares nothing with the reader's table.
    private static uint Crc(byte[] bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
        }
        return ~crc;
    }

    private static byte[] Deflate(byte[] bytes)
    {
        var packed = new MemoryStream();
        using (var deflating = new DeflateStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            deflating.Write(bytes);
        return packed.ToArray();
    }

    private static void Write(Stream stream, params object[] values)
    {
        using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
        foreach (var value in values)
        {
            switch (value)
            {
                case ushort word: writer.Write(word); break;
                case int number: writer.Write((uint)number); break;
                case uint number: writer.Write(number); break;
                case ulong number: writer.Write(number); break;
                default: throw new ArgumentException($"{value.GetType()} is not written here.");
            }
        }
    }
}
