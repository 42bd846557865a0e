using System.Buffers.Binary;

namespace Lodestream.Fuzz;

/// <summary>Damages files: bits, bytes, integers, lengths, pieces, and the tokens of the JSON in them.</summary>
internal sealed class Mutator(IReadOnlyList<byte[]> seeds)
{
    /// <summary>Longest input that is made, bytes.</summary>
    public const int MaximumBytes = 960 * 1024;

    // What breaks length checks: nothing, one, minus one, the largest of each width, and their neighbours.
    private static readonly long[] EdgeValues =
        [0, 1, 2, -1, -2, 127, 128, 255, 256, 32767, 32768, 65535, 65536, 0x7ffffffe, int.MaxValue, 0x80000000, uint.MaxValue, 0x100000000, long.MaxValue, long.MinValue, 0x3fffffff, 0x1fffffff];

    /// <summary>Makes a broken file of a sound one.</summary>
    public byte[] Make(Random random)
    {
        var bytes = seeds[random.Next(seeds.Count)];
        for (var rounds = 1 + Few(random); rounds > 0; rounds--)
            bytes = Damage(bytes, random);
        return bytes.Length <= MaximumBytes ? bytes : bytes[..MaximumBytes];
    }

    // Mostly one or two: more leaves nothing to get past the first check.
    private static int Few(Random random) => random.Next(10) switch { < 6 => 0, < 8 => 1, 8 => 2, _ => random.Next(12) };

    private byte[] Damage(byte[] bytes, Random random)
    {
        if (bytes.Length == 0)
            return [(byte)random.Next(256)];
        if (random.Next(2) == 0 && JsonRegion.Find(bytes) is { Count: > 0 } regions)
            return regions[random.Next(regions.Count)] is var region ? region.Replace(bytes, JsonMutator.Damage(bytes.AsSpan(region.Offset, region.Length), random)) : bytes;
        return random.Next(9) switch
        {
            0 => Changed(bytes, copy => copy[Place(copy, random)] ^= (byte)(1 << random.Next(8))),
            1 => Changed(bytes, copy => copy[Place(copy, random)] = (byte)random.Next(256)),
            2 or 3 => Changed(bytes, copy => SetInteger(copy, random)),
            4 => bytes[..random.Next(bytes.Length)],
            5 => Insert(bytes, random),
            6 => Duplicate(bytes, random),
            7 => Remove(bytes, random),
            _ => Splice(bytes, seeds[random.Next(seeds.Count)], random),
        };
    }

    private static byte[] Changed(byte[] bytes, Action<byte[]> change)
    {
        var copy = (byte[])bytes.Clone();
        change(copy);
        return copy;
    }

    // Structure comes first in most files, and last in archives.
    private static int Place(byte[] bytes, Random random) => random.Next(4) switch
    {
        0 => random.Next(bytes.Length),
        1 => random.Next(Math.Min(bytes.Length, 64)),
        2 => bytes.Length - 1 - random.Next(Math.Min(bytes.Length, 256)),
        _ => random.Next(Math.Min(bytes.Length, 2048)),
    };

    private static void SetInteger(byte[] bytes, Random random)
    {
        var width = 1 << random.Next(4);
        var at = Place(bytes, random);
        if (random.Next(2) == 0)
            at &= ~(width - 1);
        if (at + width > bytes.Length)
            return;

        // Edges of the type, or a number about as large as the file.
        var value = random.Next(3) switch
        {
            0 => bytes.Length - at + random.Next(-33, 34),
            1 => bytes.Length + random.Next(-33, 34),
            _ => EdgeValues[random.Next(EdgeValues.Length)],
        };
        Span<byte> eight = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(eight, value);
        if (random.Next(8) == 0)
            eight[..width].Reverse();
        eight[..width].CopyTo(bytes.AsSpan(at));
    }

    private static byte[] Insert(byte[] bytes, Random random)
    {
        var at = Place(bytes, random);
        var more = new byte[1 + random.Next(random.Next(8) == 0 ? 4096 : 16)];
        if (random.Next(2) == 0)
            random.NextBytes(more);
        else
            Array.Fill(more, (byte)random.Next(256));
        return [.. bytes.AsSpan(0, at), .. more, .. bytes.AsSpan(at)];
    }

    private static byte[] Duplicate(byte[] bytes, Random random)
    {
        var (at, length) = Piece(bytes, random);
        return [.. bytes.AsSpan(0, at + length), .. bytes.AsSpan(at)];
    }

    private static byte[] Remove(byte[] bytes, Random random)
    {
        var (at, length) = Piece(bytes, random);
        return [.. bytes.AsSpan(0, at), .. bytes.AsSpan(at + length)];
    }

    private static byte[] Splice(byte[] bytes, byte[] other, Random random)
    {
        if (other.Length == 0)
            return bytes;
        var (at, length) = Piece(other, random);
        var into = Place(bytes, random);
        return random.Next(2) == 0
            ? [.. bytes.AsSpan(0, into), .. other.AsSpan(at)]
            : [.. bytes.AsSpan(0, into), .. other.AsSpan(at, length), .. bytes.AsSpan(Math.Min(bytes.Length, into + length))];
    }

    private static (int At, int Length) Piece(byte[] bytes, Random random)
    {
        var at = Place(bytes, random);
        return (at, 1 + random.Next(Math.Min(bytes.Length - at, random.Next(4) == 0 ? bytes.Length : 64)));
    }
}
