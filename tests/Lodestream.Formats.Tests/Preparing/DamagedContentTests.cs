using FsCheck;
using FsCheck.Fluent;
using Lodestream.Formats.Preparing;
using Lodestream.Formats.Tests.Gltf;
using Lodestream.Formats.Tests.Legacy;
using Lodestream.Scene;
using Lodestream.Tests.Shared;

namespace Lodestream.Formats.Tests.Preparing;

public class DamagedContentTests
{
    [Fact]
    public void A_content_damaged_anywhere_is_refused_or_prepared_and_never_an_exception() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
            Damage(GltfBytes.B3dm(GltfBytes.TriangleGlb(), "{\"BATCH_LENGTH\":1,\"RTC_CENTER\":[1,2,3]}", null, "{\"id\":[1]}"), new(seed), times: 20)));

    [Fact]
    public void Nor_are_instances_points_and_composites_or_their_batch_tables()
    {
        var i3dm = LegacyBytes.I3dm("""{"INSTANCES_LENGTH":2,"POSITION":{"byteOffset":0},"SCALE":{"byteOffset":24},"BATCH_ID":{"byteOffset":32}}""", new byte[40], GltfBytes.TriangleGlb(), 1, "{\"a\":[1,2]}");
        var pnts = LegacyBytes.Pnts("""{"POINTS_LENGTH":2,"POSITION":{"byteOffset":0},"RGB":{"byteOffset":24},"NORMAL_OCT16P":{"byteOffset":30}}""", new byte[40], """{"b":{"byteOffset":0,"componentType":"INT","type":"SCALAR"}}""", new byte[8]);
        for (var seed = 0; seed < 300; seed++)
            Damage(LegacyBytes.Cmpt(i3dm, LegacyBytes.Cmpt(pnts)), new(seed), times: 10);
    }

    [RealDataFact]
    public void Nor_are_those_with_metadata()
    {
        foreach (var name in new[] { "GpuInstancesMetadata/GpuInstancesMetadata.gltf", "EXT_structural_metadata/SimplePropertyTexture/SimplePropertyTexture.gltf", "EXT_structural_metadata/ComplexTypes/ComplexTypes.gltf" })
        {
            var bytes = File.ReadAllBytes(DataFolder.Of("3d-tiles-samples/glTF/" + name));
            for (var seed = 0; seed < 60; seed++)
                Damage(bytes, new(seed), times: 5);
        }
    }

    [Fact]
    public void A_count_that_would_fill_the_memory_is_refused_or_measured_without_taking_it()
    {
        var json = GltfBytes.Triangle.Replace("{\"bufferView\":0,\"componentType\":5126,\"count\":3", "{\"componentType\":5126,\"count\":2000000000", StringComparison.Ordinal);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("more than 2,147,483,647", ContentReader.Open(GltfBytes.Glb(json, GltfBytes.TriangleBinary()), UpAxis.Y, out _).Error, StringComparison.Ordinal);
        Assert.True(ContentReader.Open(GltfBytes.Glb(json.Replace("2000000000", "100000000", StringComparison.Ordinal), GltfBytes.TriangleBinary()), UpAxis.Y, out var content).IsOk);
        Assert.Equal(1_200_000_006, content!.Cost.GeometryBytes);
        Assert.Null(content.Verify(() => false));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
    }

    [RealDataFact]
    public void Nor_is_a_real_one()
    {
        var bytes = File.ReadAllBytes(DataFolder.Of("mars-dingo-gap/0000.b3dm"));
        for (var seed = 0; seed < 40; seed++)
            Damage(bytes, new(seed), times: 5);
    }

    private static void Damage(byte[] whole, Random random, int times)
    {
        for (var i = 0; i < times; i++)
        {
            var bytes = whole.AsSpan(0, random.Next(4) == 0 ? random.Next(whole.Length) : whole.Length).ToArray();

            // Mostly where the structure is: headers, tables and JSON come first.
            for (var hits = random.Next(5); hits >= 0 && bytes.Length > 0; hits--)
                bytes[random.Next(random.Next(3) == 0 ? bytes.Length : Math.Min(bytes.Length, 1500))] = random.Next(3) == 0 ? (byte)random.Next(256) : (byte)"0129-\"[]{},:"[random.Next(12)];
            var outcome = ContentReader.Open(bytes, UpAxis.Y, out var content);
            if (outcome.IsOk)
                LookAtAll(content!);
            else
                Assert.False(string.IsNullOrEmpty(outcome.Error));
        }
    }

    private static void LookAtAll(PreparedContent content)
    {
        if (content.Verify(() => false) is not null)
            return;
        foreach (var model in content.Models)
        {
            model.ReadBatchTable(out _)?.Row(0);
            if (model.ReadMetadata(out _) is not { } metadata)
                continue;
            for (var table = 0; table < metadata.Tables.Count; table++)
                metadata.Row(table, 1);
        }
        foreach (var points in content.PointClouds)
            points.ReadBatchTable(out _)?.Row(1);
    }
}
