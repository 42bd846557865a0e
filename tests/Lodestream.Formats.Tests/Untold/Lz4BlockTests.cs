using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Lodestream.Formats.Untold;

namespace Lodestream.Formats.Tests.Untold;

public class Lz4BlockTests
{
    // Of the reference implementation, 1.9.4.
    private const string Reference = "skxvZGVzdHJlYW0gBwD/A3MgdGlsZWQgd29ybGRzIDAuICMADR8xIwAPHzIjAA8fMyMADx80IwAPHzUjAA8fNiMADw/1AP////9PUHMgNC4g";

    [Fact]
    public void A_block_of_the_reference_encoder_decodes_to_what_it_encoded()
    {
        var text = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 40).Select(i => $"Lodestream streams tiled worlds {i % 7}. ")));
        var decoded = new byte[text.Length];

        Assert.Null(Lz4Block.Decode(Convert.FromBase64String(Reference), decoded));
        Assert.Equal(text, decoded);
        Assert.True(Lz4Block.Encode(text).Length < text.Length / 10);
    }

    [Fact]
    public void Whatever_is_encoded_is_decoded_to_the_same()
    {
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(200), Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
        {
            var random = new System.Random(seed);
            var bytes = Repetitive(random);
            var block = Lz4Block.Encode(bytes);
            var decoded = new byte[bytes.Length];

            Assert.Null(Lz4Block.Decode(block, decoded));
            Assert.Equal(bytes, decoded);
            Assert.True(bytes.Length <= Lz4Block.LargestDecoded(block.Length));
        }));
    }

    [Fact]
    public void A_run_longer_than_a_lengths_first_byte_is_short()
    {
        var block = Lz4Block.Encode(new byte[100_000]);
        var decoded = new byte[100_000];
        decoded.AsSpan().Fill(7);

        Assert.True(block.Length < 500, $"{block.Length} bytes");
        Assert.Null(Lz4Block.Decode(block, decoded));
        Assert.Equal(-1, decoded.AsSpan().IndexOfAnyExcept((byte)0));
    }

    [Theory]
    [InlineData("", 0, "ends without its last literals (byte 0")]
    [InlineData("F0", 20, "ends within a length (byte 1")]
    [InlineData("F0FF", 300, "ends within a length (byte 2")]
    [InlineData("3041", 3, "has 3 literals, 1 bytes before its end (byte 1")]
    [InlineData("304142434445", 2, "decodes to more than 2 bytes (byte 1")]
    [InlineData("104100", 9, "ends within an offset (byte 2")]
    [InlineData("10410000", 9, "repeats what is 0 bytes before byte 1 (byte 2")]
    [InlineData("10410200", 9, "repeats what is 2 bytes before byte 1 (byte 2")]
    [InlineData("1F410100", 9, "ends within a length (byte 4")]
    [InlineData("1041010000", 4, "decodes to more than 4 bytes (byte 4")]
    [InlineData("10410100", 5, "ends without its last literals (byte 4")]
    [InlineData("1041", 2, "decodes to 1 bytes of 2 (byte 2")]
    public void A_broken_block_is_an_error_that_names_the_byte(string hex, int length, string expected)
    {
        Assert.Contains(expected, Lz4Block.Decode(Convert.FromHexString(hex), new byte[length]), StringComparison.Ordinal);
    }

    [Fact]
    public void No_block_writes_outside_its_target_or_reads_outside_itself()
    {
        var random = new System.Random(5);
        for (var i = 0; i < 3000; i++)
        {
            var block = Lz4Block.Encode(Repetitive(random));
            for (var damage = random.Next(1, 5); damage > 0; damage--)
                block[random.Next(block.Length)] = (byte)random.Next(256);

            // Spans throw where they are left: any exception fails the test.
            _ = Lz4Block.Decode(block.AsSpan(0, random.Next(block.Length + 1)), new byte[random.Next(2000)]);
        }
    }

    private static byte[] Repetitive(System.Random random)
    {
        var bytes = new List<byte>();
        for (var parts = random.Next(12); parts > 0; parts--)
        {
            var from = bytes.Count == 0 ? 0 : random.Next(bytes.Count);
            var length = random.Next(1, 400);
            for (var i = 0; i < length; i++)
                bytes.Add(bytes.Count > 0 && parts % 2 == 0 ? bytes[from + i % (bytes.Count - from)] : (byte)random.Next(random.Next(1, 256)));
        }
        return [.. bytes];
    }
}
