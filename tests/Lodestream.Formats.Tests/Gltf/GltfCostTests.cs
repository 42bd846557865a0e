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
    public void Interleaved_attributes_count_their_stride_once_and_accessors_behind_one_another_each()
    {
        var interleaved = CostOf($$"""
            { {{Asset}},"meshes":[{"primitives":[{"attributes":{"POSITION":0,"NORMAL":1,"COLOR_0":2} }]}],
             "accessors":[{"bufferView":0,"componentType":5126,"count":10,"type":"VEC3"},{"bufferView":0,"byteOffset":12,"componentType":5126,"count":10,"type":"VEC3"},{"bufferView":1,"componentType":5121,"count":10,"type":"VEC3"}],
             "bufferViews":[{"buffer":0,"byteLength":280,"byteStride":28},{"buffer":0,"byteLength":40,"byteStride":4}],"buffers":[{"byteLength":320}]}
            """);
        Assert.Equal(280 + 40, interleaved.GeometryBytes);
        var packed = CostOf($$"""
            { {{Asset}},"meshes":[{"primitives":[{"attributes":{"POSITION":0,"NORMAL":1} }]}],
             "accessors":[{"bufferView":0,"componentType":5126,"count":10,"type":"VEC3"},{"bufferView":0,"byteOffset":120,"componentType":5126,"count":10,"type":"VEC3"}],
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
             "accessors":[{"componentType":5126,"count":100,"type":"VEC3"},{"componentType":5125,"count":300,"type":"SCALAR"},{"componentType":5126,"count":7,"type":"VEC3","sparse":{} }],
             "bufferViews":[{"buffer":0,"byteLength":50}],"buffers":[{"byteLength":50}]}
            """);
        Assert.Equal(100 * 12 + 300 * 4 + 7 * 64, cost.GeometryBytes);
        Assert.Equal(700, cost.Triangles);
    }

    [Fact]
    public void Images_count_by_their_headers_and_only_those_that_are_textures()
    {
        var png = ImageHeaderTests.Png(4, 4);
        var json = $$"""
            { {{Asset}},"textures":[{"source":0},{"source":0},{"source":2}],"images":[{"bufferView":0},{"bufferView":0},{"uri":"far.png"}],
             "bufferViews":[{"buffer":0,"byteLength":{{png.Length}} }],"buffers":[{"byteLength":{{png.Length}} }]}
            """;
        Assert.True(GltfReader.Read(Encoding.UTF8.GetBytes(json), out var document).IsOk);
        Assert.True(GltfCost.ReadImages(document, png, out var images).IsOk);
        var cost = GltfCost.Of(document, images);
        Assert.Equal(4 * (16 + 4 + 1), cost.TextureBytes);
        Assert.Equal(4 * 16, cost.DecodedBytes);
        Assert.Equal(1, cost.UnknownImages);
        Assert.Equal(new ByteRange(0, png.Length), GltfCost.RangeOf(document, 0));
        Assert.Null(GltfCost.RangeOf(document, 2));
    }

    [RealDataFact]
    public void Mars_grows_about_tenfold_from_file_to_gpu()
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
        Assert.InRange(gpu / 1e6, 105, 117);
    }

    private static GltfCost CostOf(string json)
    {
        var outcome = GltfReader.Read(Encoding.UTF8.GetBytes(json), out var document);
        Assert.True(outcome.IsOk, outcome.Error);
        return GltfCost.Of(document, new ImageHeader[document.Images.Length]);
    }
}
