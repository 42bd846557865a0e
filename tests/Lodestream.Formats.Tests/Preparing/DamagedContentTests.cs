using FsCheck;
using FsCheck.Fluent;
using Lodestream.Formats.Preparing;
using Lodestream.Formats.Tests.Gltf;
using Lodestream.Scene;
using Lodestream.Tests.Shared;

namespace Lodestream.Formats.Tests.Preparing;

public class DamagedContentTests
{
    [Fact]
    public void A_content_damaged_anywhere_is_refused_or_prepared_and_never_an_exception() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
            Damage(GltfBytes.B3dm(GltfBytes.TriangleGlb(), "{\"BATCH_LENGTH\":1,\"RTC_CENTER\":[1,2,3]}", null, "{\"id\":[1]}"), new(seed), times: 20)));

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
                content!.Verify(() => false);
            else
                Assert.False(string.IsNullOrEmpty(outcome.Error));
        }
    }
}
