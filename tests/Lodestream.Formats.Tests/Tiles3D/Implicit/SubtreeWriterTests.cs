using System.Buffers.Binary;
using Lodestream.Formats.Metadata;
using Lodestream.Formats.Tiles3D;
using Lodestream.Formats.Tiles3D.Implicit;

namespace Lodestream.Formats.Tests.Tiles3D.Implicit;

public class SubtreeWriterTests
{
    [Fact]
    public void Tiles_come_in_the_order_of_their_bits_and_their_metadata_is_read_back_in_it()
    {
        var writer = new SubtreeWriter(isOctree: false, levels: 3);
        writer.AddTile(2, 3, 1);
        writer.AddTile(0, 0, 0);
        writer.AddTile(1, 1, 0);
        writer.AddTile(2, 2, 0);
        writer.AddTile(2, 2, 1);
        Assert.Equal([(0, 0, 0, 0), (1, 1, 0, 0), (2, 2, 0, 0), (2, 2, 1, 0), (2, 3, 1, 0)], writer.TilesInOrder());

        var table = new PropertyTableWriter("tile", 5);
        table.AddNumbers<double>("error", [50, 40, 30, 20, 10]);
        writer.TileMetadata = table;
        Assert.Null(SubtreeDocument.Read(writer.Write(), out var document));
        Assert.Equal(0, document.TileTable);
        var schema = """{"classes":{"tile":{"properties":{"error":{"type":"SCALAR","componentType":"FLOAT64"}}}}}"""u8.ToArray();
        Assert.True(MetadataSchemaReader.Read(schema, out var classes).IsOk);
        Assert.True(PropertyTableReader.Read(document.TablesJson, classes!, out var tables).IsOk);
        var values = document.Views[tables[0].Columns[0].ValuesView];
        Assert.Equal((0L, 40L), (values.ByteOffset % 8, (long)values.ByteLength));
        Assert.Equal(20, BinaryPrimitives.ReadDoubleLittleEndian(document.Binary.Span[((int)values.ByteOffset + 24)..]));
    }

    [Fact]
    public void Metadata_of_more_or_fewer_rows_than_tiles_is_refused()
    {
        var writer = new SubtreeWriter(isOctree: true, levels: 2) { TileMetadata = new("tile", 2) };
        writer.AddTile(0, 0, 0);
        Assert.Throws<InvalidOperationException>(writer.Write);
        writer.AddTile(1, 1, 0, 1);
        writer.Write();
        Assert.Equal([(0, 0, 0, 0), (1, 1, 0, 1)], writer.TilesInOrder());
    }
}
