using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Lodestream.Formats.Gltf;
using Lodestream.Geometry;

namespace Lodestream.Formats.Tests.Gltf;

public class GltfReaderTests
{
    [Fact]
    public void A_document_is_read_to_lists()
    {
        var document = Read("""
            {"nodes":[{"children":[1],"rotation":[0,0,0.70710678118654757,0.70710678118654757],"translation":[1,2,3],"scale":[2,2,2]},{"mesh":0,"matrix":[1,0,0,0,0,1,0,0,0,0,1,0,5,0,0,1],"extras":{"mesh":9}}],
             "asset":{"version":"2.0"},"scenes":[{"nodes":[]},{"nodes":[0]}],"scene":1,"extensionsRequired":["KHR_x","KHR_y"],
             "extensions":{"CESIUM_RTC":{"center":[1e6,2e6,3e6]}},
             "meshes":[{"name":"m","primitives":[{"attributes":{"POSITION":0,"TEXCOORD_1":1,"_FEATURE_ID_0":1},"material":0,"mode":4,"targets":[{"POSITION":0}]}]}],
             "materials":[{"pbrMetallicRoughness":{"baseColorFactor":[1,0.5,0.25,0.125],"baseColorTexture":{"index":0,"texCoord":1},"roughnessFactor":0.5},"alphaMode":"MASK","alphaCutoff":0.25,"doubleSided":true,"extensions":{"KHR_materials_unlit":{}}}],
             "textures":[{"source":0,"extensions":{"KHR_texture_basisu":{"source":1}}}],"images":[{"uri":"a.png"},{"bufferView":0,"mimeType":"image/ktx2"}],
             "accessors":[{"bufferView":0,"componentType":5126,"count":2,"type":"VEC3"},{"componentType":5123,"normalized":true,"count":2,"type":"VEC2","sparse":{"count":1,"indices":{"bufferView":1,"componentType":5121},"values":{"bufferView":1,"byteOffset":4}}}],
             "samplers":[{"minFilter":9729}],
             "bufferViews":[{"buffer":0,"byteLength":24,"extensions":{"EXT_meshopt_compression":{"buffer":0,"byteOffset":4,"byteLength":20,"byteStride":12,"count":2,"mode":"ATTRIBUTES"}}},{"buffer":0,"byteLength":8}],"buffers":[{"byteLength":24}]}
            """);
        Assert.Equal([0], document.Roots);
        Assert.Equal(["KHR_x", "KHR_y"], document.ExtensionsRequired);
        Assert.Equal(new Vector3d(1e6, 2e6, 3e6), document.RtcCenter);
        var primitive = document.Meshes[0].Primitives[0];
        Assert.Equal((0, 1, -1), (primitive.Find("POSITION"), primitive.Find("TEXCOORD_1"), primitive.Find("NORMAL")));
        Assert.Equal([0], primitive.Targets);
        Assert.Equal(new GltfAccessor(-1, 0, GltfComponentType.UInt16, 2, 2, Normalized: true, new(1, 1, 0, GltfComponentType.UInt8, 1, 4)), document.Accessors[1]);
        Assert.Equal(new GltfMeshopt(0, 4, 20, 12, 2, "ATTRIBUTES", "NONE"), document.BufferViews[0].Meshopt);
        Assert.Equal([1], document.Textures);
        var material = document.Materials[0];
        Assert.Equal([1, 0.5f, 0.25f, 0.125f], material.BaseColor);
        Assert.Equal((0, 1, 0.5f, 1f), (material.BaseColorTexture, material.BaseColorTexCoord, material.Roughness, material.Metallic));
        Assert.Equal((GltfAlphaMode.Mask, 0.25f, true, true), (material.AlphaMode, material.AlphaCutoff, material.DoubleSided, material.Unlit));

        // A quarter turn about z, doubled, moved; the child moved by 5 before that.
        var world = document.WorldTransforms()[1].Point(new(1, 0, 0));
        Assert.True(Vector3d.Distance(world, new(1, 2 + 12, 3)) < 1e-12);
    }

    [Theory]
    [InlineData("7", "not a JSON object")]
    [InlineData("{\"asset\":{\"version\":\"2.0\"}", "not valid JSON")]
    [InlineData("{}", "version is missing")]
    [InlineData("{\"asset\":{\"version\":\"3.1\"}}", "3.1")]
    [InlineData("{\"asset\":{\"version\":\"2.0\"},\"nodes\":[7]}", "something else")]
    [InlineData("{\"asset\":{\"version\":\"2.0\"},\"nodes\":[{\"mesh\":0}]}", "nodes[0] names mesh 0 of 0")]
    [InlineData("{\"asset\":{\"version\":\"2.0\"},\"nodes\":[{\"children\":[1]},{\"children\":[0]}]}", "own ancestors")]
    [InlineData("{\"asset\":{\"version\":\"2.0\"},\"nodes\":[{\"children\":[1,1]},{}]}", "child of both")]
    [InlineData("{\"asset\":{\"version\":\"2.0\"},\"nodes\":[{\"scale\":[1,1,1e999]}]}", "not finite")]
    [InlineData("{\"asset\":{\"version\":\"2.0\"},\"scenes\":[{\"nodes\":[4]}]}", "names node 4")]
    [InlineData("{\"asset\":{\"version\":\"2.0\"},\"bufferViews\":[{\"buffer\":0,\"byteLength\":5}],\"buffers\":[{\"byteLength\":4}]}", "bufferViews[0]")]
    [InlineData("{\"asset\":{\"version\":\"2.0\"},\"bufferViews\":[{\"buffer\":0,\"byteOffset\":2147483647,\"byteLength\":2147483647}],\"buffers\":[{\"byteLength\":4}]}", "bufferViews[0]")]
    [InlineData("{\"asset\":{\"version\":\"2.0\"},\"accessors\":[{\"bufferView\":0,\"componentType\":5126,\"count\":1000000000,\"type\":\"MAT4\"}],\"bufferViews\":[{\"buffer\":0,\"byteLength\":4}],\"buffers\":[{\"byteLength\":4}]}", "accessors[0] needs")]
    [InlineData("{\"asset\":{\"version\":\"2.0\"},\"accessors\":[{\"componentType\":5,\"count\":1,\"type\":\"VEC3\"}]}", "componentType")]
    [InlineData("{\"asset\":{\"version\":\"2.0\"},\"accessors\":[{\"componentType\":5126,\"count\":-1,\"type\":\"VEC3\"}]}", "count")]
    [InlineData("{\"asset\":{\"version\":\"2.0\"},\"meshes\":[{\"primitives\":[{\"attributes\":{\"POSITION\":0}}]}]}", "meshes[0].primitives[0]")]
    [InlineData("{\"asset\":{\"version\":\"2.0\"},\"accessors\":[{\"componentType\":5126,\"count\":9,\"type\":\"VEC3\",\"sparse\":{\"count\":10,\"indices\":{\"componentType\":5123}}}]}", "accessors[0] replaces 10 of 9")]
    [InlineData("{\"asset\":{\"version\":\"2.0\"},\"accessors\":[{\"componentType\":5126,\"count\":2000000000,\"type\":\"VEC3\",\"sparse\":{\"count\":2000000000,\"indices\":{\"bufferView\":0,\"componentType\":5125},\"values\":{\"bufferView\":0}}}],\"bufferViews\":[{\"buffer\":0,\"byteLength\":4}],\"buffers\":[{\"byteLength\":4}]}", "needs 8000000000 bytes")]
    [InlineData("{\"asset\":{\"version\":\"2.0\"},\"bufferViews\":[{\"buffer\":0,\"byteLength\":4,\"extensions\":{\"EXT_meshopt_compression\":{\"buffer\":0,\"byteLength\":9,\"byteStride\":4,\"count\":1,\"mode\":\"INDICES\"}}}],\"buffers\":[{\"byteLength\":4}]}", "bufferViews[0] has its compressed bytes at 0 to 9")]
    [InlineData("{\"asset\":{\"version\":\"2.0\"},\"bufferViews\":[{\"buffer\":0,\"byteLength\":4,\"extensions\":{\"EXT_meshopt_compression\":{\"buffer\":0,\"byteLength\":4,\"byteStride\":256,\"count\":2147483647,\"mode\":\"INDICES\"}}}],\"buffers\":[{\"byteLength\":4}]}", "decompresses to 2147483647 × 256")]
    [InlineData("{\"asset\":{\"version\":\"2.0\"},\"bufferViews\":[{\"buffer\":0,\"byteLength\":4}],\"buffers\":[{\"byteLength\":4,\"extensions\":{\"EXT_meshopt_compression\":{\"fallback\":true}}}]}", "has no bytes")]
    [InlineData("{\"asset\":{\"version\":\"2.0\"},\"extensions\":{\"EXT_structural_metadata\":{\"propertyTables\":[{\"properties\":{\"a\":{\"values\":3}}}]}}}", "name buffer view 3 of 0")]
    [InlineData("{\"asset\":{\"version\":\"2.0\"},\"meshes\":[{\"primitives\":[{\"attributes\":{},\"extensions\":{\"EXT_mesh_features\":{\"featureIds\":[{\"attribute\":2}]}}}]}]}", "_FEATURE_ID_2, which it lacks")]
    [InlineData("{\"asset\":{\"version\":\"2.0\"},\"meshes\":[{\"primitives\":[{\"attributes\":{},\"extensions\":{\"EXT_mesh_features\":{\"featureIds\":[{\"texture\":{\"index\":2}}]}}}]}]}", "name texture 2 of 0")]
    [InlineData("{\"asset\":{\"version\":\"2.0\"},\"nodes\":[{\"extensions\":{\"EXT_mesh_gpu_instancing\":{\"attributes\":{\"TRANSLATION\":0,\"SCALE\":1}}}}],\"accessors\":[{\"componentType\":5126,\"count\":3,\"type\":\"VEC3\"},{\"componentType\":5126,\"count\":4,\"type\":\"VEC3\"}]}", "has 3 instances, but 4")]
    [InlineData("{\"asset\":{\"version\":\"2.0\"},\"images\":[{}]}", "images[0]")]
    [InlineData("{\"asset\":{\"version\":\"2.0\"},\"textures\":[{\"source\":3}]}", "textures[0]")]
    public void What_refers_to_nothing_is_an_error_with_its_place(string json, string message)
    {
        var outcome = GltfReader.Read(Encoding.UTF8.GetBytes(json), out _);
        Assert.Equal(ReadStatus.Malformed, outcome.Status);
        Assert.Contains(message, outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Values_of_the_wrong_type_anywhere_are_refused_or_ignored_and_never_an_exception() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(400), Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            var random = new Random(seed);
            string[] values = ["7", "-1", "\"x\"", "[]", "{}", "null", "true", "1e999", "[[1]]", "{\"source\":1}", "[{}]", "99999999999"];
            string[] names =
            [
                "asset", "version", "scene", "scenes", "nodes", "meshes", "primitives", "attributes", "POSITION", "indices", "accessors", "bufferViews", "buffers",
                "materials", "pbrMetallicRoughness", "baseColorTexture", "textures", "images", "extensions", "targets", "mode", "children", "matrix", "byteStride", "sparse", "EXT_mesh_gpu_instancing",
                "EXT_structural_metadata", "propertyTables", "propertyTextures", "featureIds", "EXT_mesh_features", "KHR_techniques_webgl", "values", "EXT_meshopt_compression", "samplers",
            ];
            var json = GltfBytes.Triangle;
            for (var i = random.Next(3); i >= 0; i--)
            {
                var property = $"\"{names[random.Next(names.Length)]}\":";
                var at = json.IndexOf(property, StringComparison.Ordinal);
                json = at < 0
                    ? json.Insert(json.IndexOf('{', random.Next(json.Length / 2)) + 1, property + values[random.Next(values.Length)] + ",")
                    : json.Insert(at, property + values[random.Next(values.Length)] + ",");
            }
            var outcome = GltfReader.Read(Encoding.UTF8.GetBytes(json), out var document);
            if (outcome.IsOk)
                GltfCost.Of(document, new ImageHeader[document.Images.Length]);
            else
                Assert.NotNull(outcome.Error);
        }));

    private static GltfDocument Read(string json)
    {
        var outcome = GltfReader.Read(Encoding.UTF8.GetBytes(json), out var document);
        Assert.True(outcome.IsOk, outcome.Error);
        return document;
    }
}
