using System.Text;
using Lodestream.Formats.Gltf;
using Lodestream.Formats.Preparing;
using Lodestream.Scene;
using Lodestream.Tests.Shared;

namespace Lodestream.Formats.Tests.Gltf;

public class GltfCostTests
{
    private const string Asset = "\"asset\":{\"version\":\"2.0\"}";

    [Fact]
    public void Indices_of_a_byte_count_as_two() => Assert.Equal(36 + 3 * 2, CostOf(GltfBytes.Triangle).GeometryBytes);

    [Fact]
    public void An_accessor_that_primitives_share_counts_once()
    {
        var shared = GltfBytes.Triangle.Replace("{\"attributes\":{\"POSITION\":0},\"indices\":1}", "{\"attributes\":{\"POSITION\":0},\"indices\":1},{\"attributes\":{\"POSITION\":0},\"indices\":1}", StringComparison.Ordinal);
        Assert.Equal(CostOf(GltfBytes.Triangle).GeometryBytes, CostOf(shared).GeometryBytes);
        Assert.Equal((3, 2), (CostOf(shared).Vertices, CostOf(shared).Triangles));
    }

    [Fact]
    public void Attributes_count_packed_however_the_file_interleaves_them()
    {
        var interleaved = CostOf($$"""
            { {{Asset}},"meshes":[{"primitives":[{"attributes":{"POSITION":0,"NORMAL":1,"COLOR_0":2} }]}],
             "nodes":[{"mesh":0}],"accessors":[{"bufferView":0,"componentType":5126,"count":10,"type":"VEC3"},{"bufferView":0,"byteOffset":12,"componentType":5126,"count":10,"type":"VEC3"},{"bufferView":1,"componentType":5121,"count":10,"type":"VEC3"}],
             "bufferViews":[{"buffer":0,"byteLength":280,"byteStride":28},{"buffer":0,"byteLength":40,"byteStride":4}],"buffers":[{"byteLength":320}]}
            """);
        Assert.Equal(120 + 120 + 30, interleaved.GeometryBytes);
        var packed = CostOf($$"""
            { {{Asset}},"meshes":[{"primitives":[{"attributes":{"POSITION":0,"NORMAL":1} }]}],
             "nodes":[{"mesh":0}],"accessors":[{"bufferView":0,"componentType":5126,"count":10,"type":"VEC3"},{"bufferView":0,"byteOffset":120,"componentType":5126,"count":10,"type":"VEC3"}],
             "bufferViews":[{"buffer":0,"byteLength":240,"byteStride":12}],"buffers":[{"byteLength":240}]}
            """);
        Assert.Equal(240, packed.GeometryBytes);
    }

    [Fact]
    public void Compressed_sparse_and_instanced_geometry_counts_as_it_will_be()
    {
        var cost = CostOf($$"""
            { {{Asset}},"nodes":[{"mesh":0,"extensions":{"EXT_mesh_gpu_instancing":{"attributes":{"TRANSLATION":2} } } }],
             "meshes":[{"primitives":[{"attributes":{"POSITION":0},"indices":1,"extensions":{"KHR_draco_mesh_compression":{"bufferView":0,"attributes":{"POSITION":0} } } }]}],
             "accessors":[{"componentType":5126,"count":100,"type":"VEC3"},{"componentType":5125,"count":300,"type":"SCALAR"},{"componentType":5126,"count":7,"type":"VEC3","sparse":{"count":1,"indices":{"bufferView":0,"componentType":5121},"values":{"bufferView":0} } }],
             "bufferViews":[{"buffer":0,"byteLength":50}],"buffers":[{"byteLength":50}]}
            """);
        Assert.Equal(100 * 12 + 300 * 4 + 7 * 64, cost.GeometryBytes);
        Assert.Equal(700, cost.Triangles);
    }

    [Fact]
    public void Images_count_by_their_headers_once_for_each_way_they_are_sampled_and_only_where_they_are_drawn()
    {
        var png = ImageHeaderTests.Png(4, 4);
        var json = GltfBytes.Triangle.Replace("\"meshes\"", $$"""
            "materials":[{"pbrMetallicRoughness":{"baseColorTexture":{"index":0},"metallicRoughnessTexture":{"index":1} },"emissiveTexture":{"index":2},"occlusionTexture":{"index":1} },{"emissiveTexture":{"index":3} }],
            "samplers":[{"minFilter":9728}],"textures":[{"source":0},{"source":0},{"source":0,"sampler":0},{"source":1}],
            "images":[{"uri":"data:image/png;base64,{{Convert.ToBase64String(png)}}"},{"uri":"data:image/png;base64,{{Convert.ToBase64String(png)}}"}],"meshes"
            """, StringComparison.Ordinal).Replace("\"indices\":1", "\"indices\":1,\"material\":0", StringComparison.Ordinal);
        var outcome = ContentReader.Open(GltfBytes.Glb(json, GltfBytes.TriangleBinary()), UpAxis.Y, out var content);
        Assert.True(outcome.IsOk, outcome.Error);

        // As a colour and as data with mip levels, as a colour without; the second image's material is nobody's.
        Assert.Equal(4 * (16 + 4 + 1) * 2 + 4 * 16, content!.Cost.TextureBytes);
        Assert.Equal(42 + 4 * 16, content.Cost.DecodedBytes);
        Assert.Equal(0, content.Cost.UnknownImages);
    }

    [Fact]
    public void Strips_count_as_the_lists_they_become_and_what_no_node_draws_counts_nothing()
    {
        var strip = GltfBytes.Triangle.Replace("\"indices\":1", "\"mode\":5", StringComparison.Ordinal);
        Assert.Equal(36 + 3 * 2, CostOf(strip).GeometryBytes);
        Assert.Equal(0, CostOf(GltfBytes.Triangle.Replace("\"scenes\":[{\"nodes\":[0]}]", "\"scenes\":[{}]", StringComparison.Ordinal)).GeometryBytes);
    }

    [RealDataFact]
    public void Mars_grows_eightfold_from_file_to_gpu_because_its_samplers_ask_for_no_mip_levels()
    {
        long files = 0, gpu = 0;
        foreach (var file in Directory.GetFiles(DataFolder.Of("mars-dingo-gap"), "*.b3dm"))
        {
            var bytes = File.ReadAllBytes(file);
            var outcome = ContentReader.Open(bytes, UpAxis.Z, out var content);
            Assert.True(outcome.IsOk, $"{file}: {outcome.Error}");
            Assert.Equal(0, content!.Cost.UnknownImages);
            files += bytes.Length;
            gpu += content.Cost.GeometryBytes + content.Cost.TextureBytes;
        }
        Assert.InRange(files / 1e6, 10, 12);
        Assert.InRange(gpu / 1e6, 84, 86);
    }

    private static GltfCost CostOf(string json)
    {
        var outcome = GltfReader.Read(Encoding.UTF8.GetBytes(json), out var document);
        Assert.True(outcome.IsOk, outcome.Error);
        return GltfCost.Of(document, new ImageHeader[document.Images.Length]);
    }
}
