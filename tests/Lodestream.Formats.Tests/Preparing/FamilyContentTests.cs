using System.Buffers;
using System.Numerics;
using System.Text.Json;
using Lodestream.Formats.Gltf;
using Lodestream.Formats.Metadata;
using Lodestream.Formats.Preparing;
using Lodestream.Geometry;
using Lodestream.Presentation.Labels;
using Lodestream.Scene;

namespace Lodestream.Formats.Tests.Preparing;

/// <summary>Labels and maps of regions, as contents hold them.</summary>
public class FamilyContentTests
{
    // 2 × 1 pixels of grey, 0 and 1.
    private static readonly byte[] Png = Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAAAAADRSSBWAAAAC0lEQVR4nGNgYAQAAAQAAr96P0oAAAAASUVORK5CYII=");

    [Fact]
    public void Labels_are_read_with_their_places_in_the_content_s_frame_and_their_measured_boxes()
    {
        var labels = Labels(Open(LabelGlb(hasIds: true)));
        Assert.Equal(2, labels.Length);
        Assert.Equal((7u, "Lindau", "town", (byte)65, new Vector3d(101, 2, 3)), (labels[0].Id, labels[0].Name, labels[0].Kind, labels[0].Rank, labels[0].Position));
        Assert.Equal((9u, "Überlinger See", "lake", (byte)50, new Vector3d(104, 5, 6)), (labels[1].Id, labels[1].Name, labels[1].Kind, labels[1].Rank, labels[1].Position));
        Assert.True(labels[1].Box.Right > labels[0].Box.Right && labels[0].Box.Left == -labels[0].Box.Right);
    }

    [Fact]
    public void A_label_without_an_id_is_told_by_its_name_and_kind_wherever_it_is_read()
    {
        var (once, again) = (Labels(Open(LabelGlb(hasIds: false))), Labels(Open(LabelGlb(hasIds: false))));
        Assert.Equal(once.Select(l => l.Id), again.Select(l => l.Id));
        Assert.NotEqual(once[0].Id, once[1].Id);
    }

    [Fact]
    public void A_content_without_labels_has_none_and_that_is_no_error()
    {
        Assert.Empty(Labels(Open(MapGlb())));
        Assert.True(RegionMapReader.Read(Open(LabelGlb(hasIds: true)), out var map).IsOk);
        Assert.Null(map);
    }

    [Fact]
    public void A_map_of_regions_is_read_with_its_image_and_its_colours()
    {
        Assert.True(RegionMapReader.Read(Open(MapGlb()), out var map).IsOk);
        Assert.NotNull(map);
        Assert.Equal((2, 1, 0), (map.Width, map.Height, map.Channel));
        Assert.Equal([10, 20, 30, 40, 50, 60], map.Colors);
        Assert.Equal(["North", "South"], map.Names);
    }

    private static Label[] Labels(PreparedContent content)
    {
        var outcome = LabelReader.Read(content, new EstimatedLabelMeasure(), out var labels);
        Assert.True(outcome.IsOk, outcome.Error);
        return labels.Labels.ToArray();
    }

    private static PreparedContent Open(byte[] glb)
    {
        var outcome = ContentReader.Open(glb, UpAxis.Y, out var content);
        Assert.True(outcome.IsOk, outcome.Error);
        return content!;
    }

    private static byte[] LabelGlb(bool hasIds)
    {
        var table = new PropertyTableWriter("label", 2);
        if (hasIds)
            table.AddNumbers<uint>("id", [7, 9]);
        table.AddStrings("name", ["Lindau", "Überlinger See"]);
        table.AddNumbers<byte>("rank", [65, 50]);
        table.AddStrings("kind", ["town", "lake"]);
        var glb = new GlbWriter { WriteSchema = json => WriteSchema(json, ("label", [("id", "SCALAR", "UINT32"), ("name", "STRING", null), ("rank", "SCALAR", "UINT8"), ("kind", "STRING", null)])) };
        var primitive = new GlbPrimitive
        {
            Positions = glb.AddPositions([new(1, 2, 3), new(4, 5, 6)]),
            FeatureTable = glb.AddPropertyTable(table),
            FeatureIds = glb.AddFeatureIds([0f, 1f]),
            Topology = GlbTopology.Points,
        };
        glb.AddNode(new(glb.AddMesh(primitive), new(100, 0, 0)));
        return BytesOf(glb);
    }

    private static byte[] MapGlb()
    {
        var table = new PropertyTableWriter("region", 2);
        table.AddStrings("name", ["North", "South"]);
        table.AddNumbers<byte>("color", [10, 20, 30, 40, 50, 60]);
        var glb = new GlbWriter
        {
            WriteSchema = json => WriteSchema(json, ("region", [("name", "STRING", null), ("color", "VEC3", "UINT8")]), ("regionMap", [("region", "SCALAR", "UINT8")])),
        };
        glb.AddPropertyTable(table);
        glb.AddPropertyTexture("regionMap", "region", glb.AddPngTexture(Png));
        return BytesOf(glb);
    }

    private static void WriteSchema(Utf8JsonWriter json, params (string Class, (string Name, string Type, string? Component)[] Properties)[] classes)
    {
        json.WriteString("id", "test");
        json.WriteStartObject("classes");
        foreach (var (name, properties) in classes)
        {
            json.WriteStartObject(name);
            json.WriteStartObject("properties");
            foreach (var (property, type, component) in properties)
            {
                json.WriteStartObject(property);
                json.WriteString("type", type);
                if (component is not null)
                    json.WriteString("componentType", component);
                json.WriteEndObject();
            }
            json.WriteEndObject();
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }

    private static byte[] BytesOf(GlbWriter glb)
    {
        var output = new ArrayBufferWriter<byte>();
        glb.WriteTo(output);
        return output.WrittenSpan.ToArray();
    }
}
