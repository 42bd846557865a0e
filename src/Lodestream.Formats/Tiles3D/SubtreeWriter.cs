using System.Buffers;
using System.Buffers.Binary;
using System.Collections;
using System.Text.Json;
using Lodestream.Formats.Metadata;

namespace Lodestream.Formats.Tiles3D;

/// <summary>
/// Writes a binary subtree of an implicit tileset (3D Tiles 1.1): which of its tiles, contents and child subtrees are there, and what is
/// known of the tiles. What is all or none becomes a constant, the rest bits in the file's own buffer.
/// </summary>
/// <param name="isOctree">Whether a tile has eight children, or four.</param>
/// <param name="levels">Levels of the subtree.</param>
/// <param name="contents">Contents a tile may have.</param>
public sealed class SubtreeWriter(bool isOctree, int levels, int contents = 1)
{
    private readonly BitArray _tiles = new(Above(isOctree, levels)), _children = new(1 << (levels * (isOctree ? 3 : 2)));
    private readonly BitArray[] _contents = [.. Enumerable.Range(0, contents).Select(_ => new BitArray(Above(isOctree, levels)))];

    /// <summary>Says that a tile is there.</summary>
    /// <param name="level">Its level in the subtree.</param>
    /// <param name="x">Place along x among the subtree's tiles of the level.</param>
    /// <param name="y">Place along y.</param>
    /// <param name="z">Place along z; 0 in a quadtree.</param>
    /// <param name="content">Which of its contents is there too; −1 for none.</param>
    public void AddTile(int level, int x, int y, int z = 0, int content = -1)
    {
        var bit = Above(isOctree, level) + Morton(level, x, y, z);
        _tiles[bit] = true;
        if (content >= 0)
            _contents[content][bit] = true;
    }

    /// <summary>Says that there is a subtree below the last level.</summary>
    /// <param name="x">Place along x among what could be below the subtree.</param>
    /// <param name="y">Place along y.</param>
    /// <param name="z">Place along z; 0 in a quadtree.</param>
    public void AddSubtree(int x, int y, int z = 0) => _children[Morton(levels, x, y, z)] = true;

    /// <summary>
    /// What is known of the tiles: a row for each that is there, in the order of their bits: level by level, each level in Morton order
    /// (<see cref="TilesInOrder"/>).
    /// </summary>
    public PropertyTableWriter? TileMetadata { get; set; }

    /// <summary>The tiles that are there, in the order of their bits: level in the subtree and place in its level.</summary>
    public IEnumerable<(int Level, int X, int Y, int Z)> TilesInOrder()
    {
        for (var level = 0; level < levels; level++)
        {
            for (var morton = 0; morton < 1 << (level * (isOctree ? 3 : 2)); morton++)
            {
                if (!_tiles[Above(isOctree, level) + morton])
                    continue;
                int x = 0, y = 0, z = 0, bits = isOctree ? 3 : 2;
                for (var bit = 0; bit < level; bit++)
                {
                    x |= (morton >> (bits * bit) & 1) << bit;
                    y |= (morton >> (bits * bit + 1) & 1) << bit;
                    z |= isOctree ? (morton >> (bits * bit + 2) & 1) << bit : 0;
                }
                yield return (level, x, y, z);
            }
        }
    }

    /// <summary>The subtree's file.</summary>
    /// <exception cref="InvalidOperationException">The tiles' metadata has more or fewer rows than there are tiles.</exception>
    public byte[] Write()
    {
        var binary = new MemoryStream();
        var views = new List<(int Offset, int Length)>();
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json))
        {
            writer.WriteStartObject();
            Write(writer, "tileAvailability", _tiles, binary, views);
            writer.WriteStartArray("contentAvailability");
            foreach (var content in _contents)
                Write(writer, null, content, binary, views);
            writer.WriteEndArray();
            Write(writer, "childSubtreeAvailability", _children, binary, views);
            WriteMetadata(writer, binary, views);
            if (views.Count > 0)
                WriteBuffer(writer, (int)binary.Length, views);
            writer.WriteEndObject();
        }
        return Pack(json.WrittenSpan, binary.ToArray());
    }

    private static void Write(Utf8JsonWriter writer, string? name, BitArray bits, MemoryStream binary, List<(int Offset, int Length)> views)
    {
        if (name is null)
            writer.WriteStartObject();
        else
            writer.WriteStartObject(name);
        if (bits.HasAllSet() || !bits.HasAnySet())
        {
            writer.WriteNumber("constant"u8, bits.HasAllSet() ? 1 : 0);
        }
        else
        {
            var bytes = new byte[(bits.Length + 7) / 8];
            bits.CopyTo(bytes, 0);
            writer.WriteNumber("bitstream"u8, AddView(bytes, binary, views));
        }
        writer.WriteEndObject();
    }

    private void WriteMetadata(Utf8JsonWriter writer, MemoryStream binary, List<(int Offset, int Length)> views)
    {
        if (TileMetadata is not { } table)
            return;
        var tiles = _tiles.Cast<bool>().Count(there => there);
        if (table.Count != tiles)
            throw new InvalidOperationException($"The tiles' metadata has {table.Count} rows for {tiles} tiles.");
        writer.WriteStartArray("propertyTables"u8);
        table.Write(writer, bytes => AddView(bytes, binary, views));
        writer.WriteEndArray();
        writer.WriteNumber("tileMetadata"u8, 0);
    }

    // Eight bytes is the alignment that both bits and tables ask for.
    private static int AddView(byte[] bytes, MemoryStream binary, List<(int Offset, int Length)> views)
    {
        views.Add(((int)binary.Length, bytes.Length));
        binary.Write(bytes);
        binary.Write(new byte[(8 - bytes.Length % 8) % 8]);
        return views.Count - 1;
    }

    private static void WriteBuffer(Utf8JsonWriter writer, int length, List<(int Offset, int Length)> views)
    {
        writer.WriteStartArray("buffers");
        writer.WriteStartObject();
        writer.WriteNumber("byteLength"u8, length);
        writer.WriteEndObject();
        writer.WriteEndArray();
        writer.WriteStartArray("bufferViews");
        foreach (var (offset, bytes) in views)
        {
            writer.WriteStartObject();
            writer.WriteNumber("buffer"u8, 0);
            writer.WriteNumber("byteOffset"u8, offset);
            writer.WriteNumber("byteLength"u8, bytes);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    // JSON padded with spaces, binary with zeros, to eight bytes each.
    private static byte[] Pack(ReadOnlySpan<byte> json, byte[] binary)
    {
        const int header = 24;
        var jsonLength = (json.Length + 7) / 8 * 8;
        var file = new byte[header + jsonLength + binary.Length];
        "subt"u8.CopyTo(file);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(4), 1);
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(8), (ulong)jsonLength);
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(16), (ulong)binary.Length);
        file.AsSpan(header, jsonLength).Fill((byte)' ');
        json.CopyTo(file.AsSpan(header));
        binary.CopyTo(file.AsSpan(header + jsonLength));
        return file;
    }

    private static int Above(bool isOctree, int level) => isOctree ? ((1 << (3 * level)) - 1) / 7 : ((1 << (2 * level)) - 1) / 3;

    private int Morton(int level, int x, int y, int z)
    {
        var (morton, bits) = (0, isOctree ? 3 : 2);
        for (var bit = 0; bit < level; bit++)
        {
            morton |= (x >> bit & 1) << (bits * bit) | (y >> bit & 1) << (bits * bit + 1);
            if (isOctree)
                morton |= (z >> bit & 1) << (bits * bit + 2);
        }
        return morton;
    }
}
