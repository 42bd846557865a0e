using System.Buffers.Binary;
using System.Text;
using Lodestream.Formats.Tests.Archive;
using Lodestream.Formats.Tests.Gltf;
using Lodestream.Formats.Tests.Legacy;
using Lodestream.Formats.Tests.Untold;
using Lodestream.Formats.Tiles3D;
using Lodestream.Formats.Untold;

namespace Lodestream.Fuzz;

/// <summary>Small sound files of every kind: with them a random change hits what matters.</summary>
internal static class WrittenSeeds
{
    private const string SchemaText = """
        {"id":"S","version":"3","classes":{
          "house":{"name":"House","properties":{
            "height":{"type":"SCALAR","componentType":"UINT8","normalized":true,"scale":10.0,"offset":5,"noData":255,"default":7.5,"min":0,"max":9},
            "big":{"type":"SCALAR","componentType":"UINT64","semantic":"ID"},"place":{"type":"VEC3","componentType":"FLOAT32","semantic":"NAME"},
            "kind":{"type":"ENUM","enumType":"kinds","noData":"none"},"flags":{"type":"BOOLEAN","array":true,"count":3},
            "names":{"type":"STRING","array":true},"label":{"type":"STRING","default":"?"},"frame":{"type":"MAT2","componentType":"INT16","default":[1,0,0,1]}}},
          "tile":{"properties":{
            "box":{"type":"SCALAR","componentType":"FLOAT64","array":true,"count":12,"semantic":"TILE_BOUNDING_BOX"},
            "error":{"type":"SCALAR","componentType":"FLOAT32","semantic":"TILE_GEOMETRIC_ERROR"},"low":{"type":"SCALAR","componentType":"FLOAT32","semantic":"TILE_MINIMUM_HEIGHT"},
            "high":{"type":"SCALAR","componentType":"FLOAT32","semantic":"TILE_MAXIMUM_HEIGHT"},"count":{"type":"SCALAR","componentType":"UINT8","default":7}}}},
         "enums":{"kinds":{"valueType":"INT8","values":[{"name":"none","value":-1},{"name":"barn","value":2}]}}}
        """;

    private const string Box = "\"boundingVolume\":{\"box\":[0,0,0,8,0,0,0,8,0,0,0,2]}";

    public static readonly byte[] Schema = Encoding.UTF8.GetBytes(SchemaText);

    /// <summary>A buffer of bits, all set in its first half.</summary>
    public static readonly byte[] Bits = [.. Enumerable.Repeat((byte)255, 1024), .. new byte[1024]];

    public static readonly byte[] Png = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, .. "IHDR"u8, 0, 0, 0, 64, 0, 0, 0, 32, 8, 6, 0, 0, 0];

    /// <summary>Implicit tilesets to read subtrees of: a quadtree with a schema, an octree, one in a region whose subtrees go deep.</summary>
    public static readonly string[] ImplicitTilesets =
    [
        Implicit("QUADTREE", 2, 6, Box, $",\"schema\":{SchemaText}"),
        Implicit("OCTREE", 3, 9, Box, ""),
        Implicit("QUADTREE", 4, 20, "\"boundingVolume\":{\"region\":[3.1412,-0.3,-3.1412,-0.2995,-10,300]}", $",\"schema\":{SchemaText}"),
    ];

    public static IEnumerable<byte[]> Tilesets() => ImplicitTilesets.Select(Utf8).Concat(
    [
        Utf8($$$"""
            {"asset":{"version":"1.1","tilesetVersion":"a","gltfUpAxis":"Z"},"schema":{{{SchemaText}}},"metadata":{"class":"house","properties":{"label":"whole","names":["a","b"]}},
             "groups":[{"class":"house","properties":{"kind":"barn"}},{"class":"tile"}],"statistics":{"classes":{"tile":{"count":3,"properties":{"count":{"min":1,"max":9},"box":{"max":[1,2]} } } } },
             "geometricError":100,"root":{{{{Box}}},"transform":[1,0,0,0,0,1,0,0,0,0,1,0,10,20,30,1],"refine":"ADD","geometricError":50,"metadata":{"class":"tile","properties":{"error":2.5}},
              "contents":[{"uri":"a.glb","group":1},{"uri":"b.glb","metadata":{"class":"house","properties":{"label":"B","height":3} } }],
              "children":[{"boundingVolume":{"sphere":[0,0,0,9]},"geometricError":10,"refine":"REPLACE","viewerRequestVolume":{"sphere":[0,0,0,99]},"content":{"uri":"c.b3dm"}},
                          {"boundingVolume":{"region":[-1.3197,0.6988,-1.3190,0.6995,0,300]},"geometricError":0,"content":{"url":"d\u002fe.json","boundingVolume":{"sphere":[0,0,0,1]} } }] } }
            """),
        Utf8("""{"asset":{"version":"1.0"},"geometricError":8,"schemaUri":"s.json","root":{"boundingVolume":{"sphere":[0,0,0,8]},"geometricError":4,"refine":"REPLACE","children":[{"boundingVolume":{"sphere":[0,0,0,8]},"geometricError":2}]}}"""),
    ]);

    public static IEnumerable<byte[]> Subtrees()
    {
        foreach (var (octree, levels) in new[] { (false, 2), (true, 3), (false, 4) })
        {
            var writer = new SubtreeWriter(octree, levels, 2);
            for (var level = 0; level < levels; level++)
            {
                for (var x = 0; x <= level; x++)
                    writer.AddTile(level, x, 0, 0, x % 2);
            }
            writer.AddSubtree(1, 0);
            yield return writer.Write();
        }
        yield return Utf8("""{"tileAvailability":{"constant":1},"contentAvailability":[{"constant":1}],"childSubtreeAvailability":{"constant":0}}""");
        yield return Utf8("""{"buffers":[{"uri":"bits.bin","byteLength":2048}],"bufferViews":[{"buffer":0,"byteLength":16},{"buffer":0,"byteOffset":16,"byteLength":64}],"tileAvailability":{"bitstream":0},"contentAvailability":[{"bitstream":0},{"constant":0}],"childSubtreeAvailability":{"bitstream":1}}""");
        yield return Utf8("""
            {"buffers":[{"uri":"data:application/octet-stream;base64,/////wAAIEEAAMBAAACAQAAAAEAAAIA/AAAgQQAAwEAAAIBAAAAAQAAAgD8=","byteLength":44}],
             "bufferViews":[{"buffer":0,"byteLength":4},{"buffer":0,"byteOffset":4,"byteLength":20},{"buffer":0,"byteOffset":24,"byteLength":20}],
             "propertyTables":[{"class":"tile","count":5,"properties":{"error":{"values":1},"low":{"values":2},"count":{"values":0}}}],
             "tileAvailability":{"bitstream":0},"contentAvailability":[{"constant":1}],"childSubtreeAvailability":{"constant":1},"tileMetadata":0,"contentMetadata":[0],
             "subtreeMetadata":{"class":"house","properties":{"label":"s"}}}
            """);
    }

    public static IEnumerable<byte[]> Contents()
    {
        var glb = GltfBytes.TriangleGlb();
        var i3dm = LegacyBytes.I3dm("""{"INSTANCES_LENGTH":2,"POSITION":{"byteOffset":0},"SCALE":{"byteOffset":24},"BATCH_ID":{"byteOffset":32},"RTC_CENTER":[1,2,3]}""", new byte[40], glb, 1, "{\"a\":[1,2]}");
        var quantized = LegacyBytes.I3dm(
            """{"INSTANCES_LENGTH":2,"POSITION_QUANTIZED":{"byteOffset":0},"QUANTIZED_VOLUME_OFFSET":[0,0,0],"QUANTIZED_VOLUME_SCALE":[9,9,9],"NORMAL_UP_OCT32P":{"byteOffset":12},"NORMAL_RIGHT_OCT32P":{"byteOffset":20},"SCALE_NON_UNIFORM":{"byteOffset":28},"EAST_NORTH_UP":true}""",
            new byte[52], Utf8("models/tree.glb"), 0);
        var pnts = LegacyBytes.Pnts(
            """{"POINTS_LENGTH":2,"POSITION":{"byteOffset":0},"RGB":{"byteOffset":24},"NORMAL_OCT16P":{"byteOffset":30}}""", new byte[40], """{"b":{"byteOffset":0,"componentType":"INT","type":"SCALAR"}}""", new byte[8]);
        var grouped = LegacyBytes.Pnts(
            """{"POINTS_LENGTH":2,"POSITION_QUANTIZED":{"byteOffset":0},"QUANTIZED_VOLUME_OFFSET":[0,0,0],"QUANTIZED_VOLUME_SCALE":[9,9,9],"RGB565":{"byteOffset":12},"BATCH_ID":{"byteOffset":16,"componentType":"UNSIGNED_BYTE"},"BATCH_LENGTH":1,"CONSTANT_RGBA":[1,2,3,4]}""",
            new byte[24], Hierarchy);
        yield return glb;
        yield return i3dm;
        yield return quantized;
        yield return pnts;
        yield return grouped;
        yield return LegacyBytes.Cmpt(i3dm, LegacyBytes.Cmpt(pnts, LegacyBytes.Cmpt(glb)), GltfBytes.B3dm(glb, "{\"BATCH_LENGTH\":1}"));
        yield return GltfBytes.B3dm(glb, "{\"BATCH_LENGTH\":2,\"RTC_CENTER\":{\"byteOffset\":0}}", new byte[12], Hierarchy);
        yield return GltfBytes.Glb(Featured, new byte[512]);
        yield return GltfBytes.Glb(Instanced, new byte[256]);
    }

    /// <summary>Payloads of manifest scenes: plain and packed, with textures and without.</summary>
    public static IEnumerable<byte[]> Payloads()
    {
        yield return UntoldWriter.Write(UntoldBytes.Model());
        yield return UntoldWriter.Write(UntoldBytes.Model(), UntoldCompression.Lz4);
        yield return UntoldWriter.Write(UntoldBytes.Random(new(3)), UntoldCompression.Lz4);
    }

    public static IEnumerable<byte[]> Manifests()
    {
        const string bounds = "\"bounds\":{\"min\":[0,0,0],\"max\":[25,10,25]},\"center\":[12.5,5,12.5]";
        yield return Utf8($$"""
            {"version":3,"tile_size":[25,10000,25],"streaming_defaults":{"streaming_radius":80,"unload_radius":120,"prefetch_radius":100,"priority":2},
             "tiles":[{"tile_id":"tile_3_2","path_relative_to_manifest":"tiles/tile_3_2.untold","file_size_bytes":12345,{{bounds}},"lod_levels":[{"path":"b.untold","switch_distance":150},{"path":"a.untold","switch_distance":80}],
              "hlod_levels":[{"path":"h.untold","switch_distance":300}]},{"tile_id":"plain","path_relative_to_manifest":"tiles/p.glb",{{bounds}},"streaming_radius":8,"unload_radius":12}],
             "shared_bucket":{"tile_id":"shared","path_relative_to_manifest":"shared.untold",{{bounds}} } }
            """);
        yield return Utf8($$"""
            {"version":4,"partitioning_mode":"quadtree_floor","interior_zone":{"min":[-1,-2,-3],"max":[40,30,20]},"lodestream":{"views":[{"name":"in","position":[1,2,3]}]},
             "tiles":[{"tile_id":"e","path_relative_to_manifest":"e.untold",{{bounds}},"semantic_tier":"ExteriorShell","quadtree_node_id":"F00_Q_0"},
              {"tile_id":"i","path_relative_to_manifest":"i.untold",{{bounds}},"interior":true,"floor_id":2,"quadtree_node_id":"F02_Q_0_0_1","semantic_tier":"RoomContents","priority":-4},
              {"tile_id":"c","path_relative_to_manifest":"c.untold",{{bounds}},"interior":true,"floor_id":2,"quadtree_node_id":"F02Q100","semantic_tier":"FineProps"}]}
            """);
        yield return Utf8($$"""{"partitioning_mode":"kdtree_floor","version":4,"tiles":[{"tile_id":"k","path_relative_to_manifest":"k.untold",{{bounds}},"quadtree_node_id":"F02_K_0_1_0","semantic_tier":"StructuralInterior"}]}""");
    }

    public static IEnumerable<byte[]> BatchTables()
    {
        yield return BatchTable(2, """
            {"name":["a","b"],"open":[true,null],"tags":[[1,2],["x"]],"deep":[{"k":1},{"k":[2]}],
             "place":{"byteOffset":0,"componentType":"FLOAT","type":"VEC3"},"code":{"byteOffset":24,"componentType":"UNSIGNED_SHORT","type":"SCALAR"}}
            """, new byte[32]);
        yield return BatchTable(2, Hierarchy, []);
        yield return BatchTable(3, """
            {"HIERARCHY":{"instancesLength":3,"classIds":{"byteOffset":0,"componentType":"UNSIGNED_BYTE"},"parentCounts":{"byteOffset":4,"componentType":"UNSIGNED_SHORT"},"parentIds":{"byteOffset":12,"componentType":"UNSIGNED_INT"},
             "classes":[{"name":"A","length":3,"instances":{"x":{"byteOffset":0,"componentType":"BYTE","type":"VEC2"}}}]}}
            """, new byte[32]);
    }

    public static IEnumerable<byte[]> ModelMetadata()
    {
        yield return Utf8("""
            {"schema":{"classes":{"a":{"properties":{"x":{"type":"SCALAR","componentType":"UINT16"},"s":{"type":"STRING"},"l":{"type":"BOOLEAN","array":true},"v":{"type":"VEC2","componentType":"INT8","normalized":true}}}}},
             "propertyTables":[{"class":"a","count":3,"properties":{"x":{"values":5,"offset":1,"scale":2},"s":{"values":4,"stringOffsets":100,"stringOffsetType":"UINT8"},"l":{"values":1,"arrayOffsets":3,"arrayOffsetType":"UINT64"}}}],
             "propertyTextures":[{"class":"a","properties":{"v":{"index":0,"texCoord":1,"channels":[0,1],"offset":[1,2],"scale":[3,4]}}}],"propertyAttributes":[{"class":"a","properties":{"x":{"attribute":"_X"}}}]}
            """);
        yield return Utf8("""{"schemaUri":"s.json","propertyTables":[{"class":"house","count":1,"properties":{"height":{"values":0},"flags":{"values":0},"kind":{"values":9}}}]}""");
    }

    public static IEnumerable<byte[]> Archives()
    {
        var tileset = Utf8("{\"asset\":{\"version\":\"1.1\"}}");
        var glb = GltfBytes.TriangleGlb();
        yield return new ArchiveBytes().Add("tileset.json", tileset, 8).Add("a/b.glb", glb).AddIndex().Build();
        yield return new ArchiveBytes { Zip64 = true }.Add("tileset.json", tileset).Add("a/b.glb", glb, 8).AddIndex().Build();
        yield return new ArchiveBytes().Add("tileset.json", tileset, 8, 8).Add("zeros", new byte[100_000], 8).Build();
        var inner = new ArchiveBytes().Add("tileset.json", tileset).Add("inner.3tz", new ArchiveBytes().Add("a", tileset).AddIndex().Build()).AddIndex().Build();
        yield return new ArchiveBytes().Add("inner.3tz", inner).Add("tileset.json", tileset, 8).AddIndex().Build();
    }

    public static IEnumerable<byte[]> Images()
    {
        yield return Png;
        yield return [0xff, 0xd8, 0xff, 0xe1, 0, 20, .. new byte[18], 0xff, 0xff, 0xff, 0xdb, 0, 4, 1, 2, 0xff, 0xc2, 0, 11, 8, 0, 64, 0, 32, 1, 1, 0x11, 0, 0xff, 0xd9];
        yield return [0xff, 0xd8, .. Enumerable.Repeat<byte[]>([0xff, 0xe0, 0, 2], 300).SelectMany(s => s), 0xff, 0xc0, 0, 11, 8, 0, 64, 0, 32, 1, 1, 0x11, 0];
        byte[] riff = [.. "RIFF"u8, 0, 0, 0, 0, .. "WEBP"u8];
        yield return [.. riff, .. "VP8 "u8, 0, 0, 0, 0, 0x30, 1, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0xe0, 0x41, 0];
        yield return [.. riff, .. "VP8L"u8, 0, 0, 0, 0, 0x2f, 0x7f, 0xc2, 0x77, 0x00, 0, 0, 0, 0, 0];
        yield return [.. riff, .. "VP8X"u8, 10, 0, 0, 0, 0, 0, 0, 0, 0x7f, 0x02, 0, 0xdf, 0x01, 0];
        var ktx = new byte[80];
        ((ReadOnlySpan<byte>)[0xab, 0x4b, 0x54, 0x58, 0x20, 0x32, 0x30, 0xbb, 0x0d, 0x0a, 0x1a, 0x0a]).CopyTo(ktx);
        BinaryPrimitives.WriteInt32LittleEndian(ktx.AsSpan(20), 256);
        BinaryPrimitives.WriteInt32LittleEndian(ktx.AsSpan(24), 128);
        BinaryPrimitives.WriteInt32LittleEndian(ktx.AsSpan(40), 3);
        yield return ktx;
    }

    public static IEnumerable<byte[]> Paths()
    {
        yield return Utf8("""{"fovYDegrees":60,"viewport":[1920,1080],"near":1,"far":40000,"sseTarget":16,"poses":[{"position":[0,0,1],"direction":[1,0,0],"up":[0,0,1]},{"position":[5,0,1],"direction":[1,0,0],"up":[0,0,1]}]}""");
    }

    public static IEnumerable<byte[]> Configurations()
    {
        yield return Utf8("""{"limits":{"maxConnections":100,"requestsPerSecond":5},"cache":{},"security":{},"metrics":true}""");
        yield return Utf8("{}");
    }

    private const string Hierarchy = """
        {"own":[1,2],"extensions":{"3DTILES_batch_table_hierarchy":{"instancesLength":4,"classIds":[0,0,1,2],"parentCounts":[1,1,1,0],"parentIds":[2,2,3],
         "classes":[{"name":"Door","length":2,"instances":{"width":[80,90]}},{"name":"House","length":1,"instances":{"owner":["Ann"],"width":[7]}},{"name":"Town","length":1,"instances":{"town":["Delft"]}}]}}}
        """;

    private const string Featured = """
        {"asset":{"version":"2.0"},"extensionsUsed":["EXT_mesh_features","EXT_structural_metadata"],"scenes":[{"nodes":[0]}],"nodes":[{"mesh":0,"children":[1]},{"rotation":[0,0,0,1],"mesh":0}],
         "meshes":[{"primitives":[{"attributes":{"POSITION":0,"_FEATURE_ID_0":1,"_X":2},"material":0,"extensions":{
          "EXT_mesh_features":{"featureIds":[{"featureCount":3,"attribute":0,"propertyTable":0},{"featureCount":4,"texture":{"index":0,"channels":[0,1]},"nullFeatureId":2,"label":"t"}]},
          "EXT_structural_metadata":{"propertyTextures":[0],"propertyAttributes":[0]}}}]}],
         "materials":[{"pbrMetallicRoughness":{"baseColorTexture":{"index":0,"extensions":{"KHR_texture_transform":{"scale":[2,2]}}}}}],"textures":[{"source":0,"sampler":0}],"samplers":[{"wrapS":33071}],"images":[{"uri":"a.png"}],
         "accessors":[{"bufferView":0,"componentType":5126,"count":3,"type":"VEC3"},{"bufferView":1,"componentType":5121,"count":3,"type":"SCALAR"},
                      {"componentType":5123,"count":3,"type":"SCALAR","sparse":{"count":1,"indices":{"bufferView":1,"componentType":5121},"values":{"bufferView":0}}}],
         "bufferViews":[{"buffer":0,"byteLength":36},{"buffer":0,"byteOffset":36,"byteLength":4,"byteStride":4},{"buffer":0,"byteOffset":64,"byteLength":64}],"buffers":[{"byteLength":512}],
         "extensions":{"EXT_structural_metadata":{"schema":{"classes":{"a":{"properties":{"x":{"type":"SCALAR","componentType":"UINT16"},"s":{"type":"STRING"},"c":{"type":"VEC2","componentType":"UINT8"}}}}},
          "propertyTables":[{"class":"a","count":3,"properties":{"x":{"values":2},"s":{"values":2,"stringOffsets":2}}}],
          "propertyTextures":[{"class":"a","properties":{"c":{"index":0,"channels":[0,1]}}}],"propertyAttributes":[{"class":"a","properties":{"x":{"attribute":"_X"}}}]}}}
        """;

    private const string Instanced = """
        {"asset":{"version":"2.0"},"extensionsUsed":["EXT_mesh_gpu_instancing","KHR_mesh_quantization"],"extensionsRequired":["KHR_mesh_quantization"],"scene":0,"scenes":[{"nodes":[0]}],
         "nodes":[{"mesh":0,"extensions":{"EXT_mesh_gpu_instancing":{"attributes":{"TRANSLATION":1,"ROTATION":2,"_FEATURE_ID_0":3}},"EXT_instance_features":{"featureIds":[{"featureCount":2,"attribute":0}]}}}],
         "meshes":[{"primitives":[{"mode":5,"attributes":{"POSITION":0}}]}],
         "accessors":[{"bufferView":0,"componentType":5122,"normalized":true,"count":4,"type":"VEC3"},{"bufferView":1,"componentType":5126,"count":2,"type":"VEC3"},
                      {"bufferView":2,"componentType":5126,"count":2,"type":"VEC4"},{"bufferView":2,"componentType":5126,"count":2,"type":"SCALAR"}],
         "bufferViews":[{"buffer":0,"byteLength":32,"byteStride":8},{"buffer":0,"byteOffset":32,"byteLength":24},{"buffer":0,"byteOffset":64,"byteLength":32}],"buffers":[{"byteLength":256}],
         "extensions":{"CESIUM_RTC":{"center":[1,2,3]}}}
        """;

    private static string Implicit(string scheme, int subtreeLevels, int levels, string volume, string more) => $$$"""
        {"asset":{"version":"1.1"},"geometricError":100{{{more}}},"root":{{{{volume}}},"geometricError":32,"refine":"REPLACE","contents":[{"uri":"c/{level}_{x}_{y}.glb"},{"uri":"d/{level}/{z}.json"}],
         "implicitTiling":{"subdivisionScheme":"{{{scheme}}}","subtreeLevels":{{{subtreeLevels}}},"availableLevels":{{{levels}}},"subtrees":{"uri":"s/{level}.{x}.{y}.{z}.subtree"} } } }
        """;

    private static byte[] BatchTable(int length, string json, byte[] binary)
    {
        var parts = new List<byte>();
        GltfBytes.Append(parts, length);
        GltfBytes.Append(parts, Encoding.UTF8.GetByteCount(json));
        return [.. parts, .. Encoding.UTF8.GetBytes(json), .. binary];
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
