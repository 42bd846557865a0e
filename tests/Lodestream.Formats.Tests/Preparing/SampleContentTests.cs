using Lodestream.Tests.Shared;
using Lodestream.Formats.Gltf;
using Lodestream.Formats.Preparing;
using Lodestream.Scene;

namespace Lodestream.Formats.Tests.Preparing;

/// <summary>The samples of contents: every one opens, is measured and verified, and tells of its features.</summary>
public class SampleContentTests
{
    [RealDataFact]
    public void Every_content_of_the_samples_opens_and_its_vertices_are_sound()
    {
        var seen = 0;
        foreach (var file in Directory.GetFiles(DataFolder.Of("3d-tiles-samples"), "*", SearchOption.AllDirectories))
        {
            if (Path.GetExtension(file) is not (".b3dm" or ".i3dm" or ".pnts" or ".glb" or ".gltf"))
                continue;
            var content = Open(file);
            Assert.Null(content.Verify(() => false));
            Assert.True(content.Cost.Vertices > 0 && content.Cost.GeometryBytes > 0, file);
            Assert.True(double.IsFinite(content.Min.X) && content.Min.X < content.Max.X, file);
            seen++;
        }
        Assert.InRange(seen, 50, 60);
    }

    [RealDataFact]
    public void Instances_name_features_whose_properties_a_table_holds()
    {
        var model = Open(DataFolder.Of("3d-tiles-samples/glTF/GpuInstancesMetadata/GpuInstancesMetadata.gltf")).Models[0];
        var node = model.Document.Nodes[0];
        Assert.Equal(10, model.NodeInstanceCount(node));
        var set = Assert.Single(node.InstanceFeatures);
        var metadata = model.ReadMetadata(out var error)!;
        Assert.Null(error);
        Assert.Equal("six", metadata.Row(set.PropertyTable, model.FeatureId(set, node.Instances, 3)).Single().Value.Text);
    }

    [RealDataFact]
    public void Vertices_name_features_with_arrays_texts_booleans_and_enums()
    {
        var model = Open(DataFolder.Of("3d-tiles-samples/glTF/EXT_structural_metadata/ComplexTypes/ComplexTypes.gltf")).Models[0];
        var primitive = model.Document.Meshes[0].Primitives[0];
        var set = Assert.Single(primitive.Features.FeatureIds);
        var id = model.FeatureId(set, primitive.Attributes, primitive.Attributes.Length > 0 ? 15 : 0);
        Assert.Equal(3, id);
        var row = model.ReadMetadata(out _)!.Row(set.PropertyTable, id).ToDictionary(p => p.Key, p => p.Value);
        Assert.Equal("[One, Two, Theee, Four]", row["example_variable_length_ARRAY_STRING"].ToString());
        Assert.Equal(10, row["example_fixed_length_ARRAY_BOOLEAN"].Elements.Length);
        Assert.StartsWith("ExampleEnumValue", row["example_fixed_length_ARRAY_ENUM"].Elements[0].Text, StringComparison.Ordinal);
    }

    [RealDataFact]
    public void Property_attributes_and_property_textures_are_decoded_from_what_is_stored()
    {
        var points = Open(DataFolder.Of("3d-tiles-samples/glTF/EXT_structural_metadata/PropertyAttributesPointCloud/PropertyAttributesPointCloudHouse.gltf")).Models[0];
        var primitive = points.Document.Meshes[0].Primitives[0];
        var values = points.ReadMetadata(out var error)!.AttributeValues(primitive.Features.PropertyAttributes[0], name => points.View(primitive.Find(name)).Element(100).ToArray());
        Assert.Null(error);
        Assert.Equal(["intensity", "classification"], values.Select(v => v.Key));
        Assert.InRange(values[0].Value.Number, 0, 0.634);
        Assert.Equal("Buildings", values[1].Value.Text);

        var plane = Open(DataFolder.Of("3d-tiles-samples/glTF/EXT_structural_metadata/SimplePropertyTexture/SimplePropertyTexture.gltf")).Models[0];
        var texture = plane.ReadMetadata(out _)!.TextureValues(0, texture => [.. texture.Channels.Select(c => (byte)(10 * (c + 1)))]);
        Assert.Equal(3, texture.Count);
        Assert.Contains(texture, v => v.Key == "insulation" && Math.Abs(v.Value.Number * 255 - Math.Round(v.Value.Number * 255)) < 1e-9 && v.Value.Number < 1);
    }

    private static PreparedContent Open(string path)
    {
        var files = new Dictionary<string, ReadOnlyMemory<byte>>();
        PreparedContent? content;
        IReadOnlyList<string> missing;
        do
        {
            var outcome = ContentReader.Open(File.ReadAllBytes(path), UpAxis.Y, files, out content, out missing);
            Assert.True(outcome.IsOk, $"{path}: {outcome.Error}");
            foreach (var reference in missing)
                files[reference] = File.ReadAllBytes(Path.Combine(Path.GetDirectoryName(path)!, reference));
        }
        while (missing.Count > 0);
        return content!;
    }
}
