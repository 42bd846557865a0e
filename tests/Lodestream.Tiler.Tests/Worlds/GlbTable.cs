using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Lodestream.Tiler.Tests.Worlds;

/// <summary>The first property table of a GLB, read with code of its own.</summary>
internal sealed class GlbTable(JsonElement root, ReadOnlyMemory<byte> binary)
{
    private readonly JsonElement _table = root.GetProperty("extensions").GetProperty("EXT_structural_metadata").GetProperty("propertyTables")[0];

    public int Count => _table.GetProperty("count").GetInt32();

    public static GlbTable Read(string path, string type)
    {
        var bytes = File.ReadAllBytes(path);
        var jsonLength = BitConverter.ToInt32(bytes, 12);
        using var json = JsonDocument.Parse(bytes.AsMemory(20, jsonLength));
        var table = new GlbTable(json.RootElement.Clone(), bytes.AsMemory(20 + jsonLength + 8));
        Assert.Equal(type, table._table.GetProperty("class").GetString());
        return table;
    }

    public T[] Numbers<T>(string property)
        where T : unmanaged => MemoryMarshal.Cast<byte, T>(View(_table.GetProperty("properties").GetProperty(property).GetProperty("values").GetInt32())).ToArray();

    public string[] Texts(string property)
    {
        var column = _table.GetProperty("properties").GetProperty(property);
        var offsets = MemoryMarshal.Cast<byte, uint>(View(column.GetProperty("stringOffsets").GetInt32())).ToArray();
        var characters = View(column.GetProperty("values").GetInt32()).ToArray();
        return [.. Enumerable.Range(0, Count).Select(row => Encoding.UTF8.GetString(characters, (int)offsets[row], (int)(offsets[row + 1] - offsets[row])))];
    }

    /// <summary>The bytes of a buffer view.</summary>
    public ReadOnlySpan<byte> View(int index)
    {
        var view = root.GetProperty("bufferViews")[index];
        return binary.Span.Slice(view.GetProperty("byteOffset").GetInt32(), view.GetProperty("byteLength").GetInt32());
    }

    public JsonElement Root => root;
}

/// <summary>A map of regions as it lies in a GLB: a grey image of eight bits, whose filters are all 0.</summary>
internal sealed record RegionMapFile(int Side, byte[] Pixels, IReadOnlyList<string> Names, byte[] Colors)
{
    public static RegionMapFile Read(string path)
    {
        var table = GlbTable.Read(path, "region");
        var texture = table.Root.GetProperty("extensions").GetProperty("EXT_structural_metadata").GetProperty("propertyTextures")[0].GetProperty("properties").GetProperty("region");
        var source = table.Root.GetProperty("textures")[texture.GetProperty("index").GetInt32()].GetProperty("source").GetInt32();
        var png = table.View(table.Root.GetProperty("images")[source].GetProperty("bufferView").GetInt32()).ToArray();
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], png[..4]);
        var side = Number(16);
        Assert.Equal((side, (byte)8, (byte)0), (Number(20), png[24], png[25]));
        Assert.Equal("IDAT"u8.ToArray(), png[37..41]);
        using var zlib = new ZLibStream(new MemoryStream(png, 41, Number(33)), CompressionMode.Decompress);
        var pixels = new byte[side * side];
        for (var row = 0; row < side; row++)
        {
            Assert.Equal(0, zlib.ReadByte());
            zlib.ReadExactly(pixels, row * side, side);
        }
        return new(side, pixels, table.Texts("name"), table.Numbers<byte>("color"));

        int Number(int at) => png[at] << 24 | png[at + 1] << 16 | png[at + 2] << 8 | png[at + 3];
    }

    /// <summary>The region at a place of its tile; null for none.</summary>
    public string? NameAt(WrittenTileset.Tile tile, double x, double y)
    {
        int i = (int)((x - tile.Min.X) / (tile.Max.X - tile.Min.X) * Side), j = (int)((tile.Max.Y - y) / (tile.Max.Y - tile.Min.Y) * Side);
        return Pixels[Math.Min(Side - 1, j) * Side + Math.Min(Side - 1, i)] is var row and not 255 ? Names[row] : null;
    }
}
