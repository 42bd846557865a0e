using System.Buffers.Binary;

namespace Lodestream.Formats.Untold;

/// <summary>
/// LZ4 blocks without a frame. A block is a run of sequences: literals, then a match that repeats what came before; the last sequence
/// has literals only (LZ4's block format description).
/// </summary>
public static class Lz4Block
{
    private const int LeastMatch = 4, LongestOffset = 65535;

    // What the format asks of an encoder: the last five bytes are literals, and no match begins in the last twelve.
    private const int LastLiterals = 5, LastMatchBefore = 12;

    private const int HashBits = 15, MostTries = 16;

    /// <summary>Bytes that a block of so many can decode to at most: a byte of length stands for 255, and a sequence has more.</summary>
    public static long LargestDecoded(long compressed) => compressed * 255 + 32;

    /// <summary>Decodes a block. Reads and writes nothing outside the two spans, whatever the block says.</summary>
    /// <param name="block">The compressed block.</param>
    /// <param name="target">As long as the block is decoded.</param>
    /// <returns>What is wrong and at which byte of the block; null where all went well and the target is full.</returns>
    public static string? Decode(ReadOnlySpan<byte> block, Span<byte> target)
    {
        var (from, to) = (0, 0);
        while (from < block.Length)
        {
            var token = block[from++];
            if (ReadLength(block, ref from, token >> 4) is not { } literals)
                return Broken("ends within a length", from);
            if (literals > block.Length - from)
                return Broken($"has {literals} literals, {block.Length - from} bytes before its end", from);
            if (literals > target.Length - to)
                return Broken($"decodes to more than {target.Length} bytes", from);
            block.Slice(from, (int)literals).CopyTo(target[to..]);
            (from, to) = (from + (int)literals, to + (int)literals);
            if (from == block.Length)
                return to == target.Length ? null : Broken($"decodes to {to} bytes of {target.Length}", from);
            if (block.Length - from < 2)
                return Broken("ends within an offset", from);
            int offset = BinaryPrimitives.ReadUInt16LittleEndian(block[from..]);
            if (offset == 0 || offset > to)
                return Broken($"repeats what is {offset} bytes before byte {to}", from);
            from += 2;
            if (ReadLength(block, ref from, token & 15) is not { } more)
                return Broken("ends within a length", from);
            if (more + LeastMatch > target.Length - to)
                return Broken($"decodes to more than {target.Length} bytes", from);
            to = Repeat(target, to, offset, (int)more + LeastMatch);
        }
        return Broken("ends without its last literals", from);
    }

    /// <summary>Encodes bytes, greedily: at each place the longest match among the last that began alike.</summary>
    /// <param name="source">The bytes.</param>
    /// <returns>A block.</returns>
    public static byte[] Encode(ReadOnlySpan<byte> source)
    {
        var output = new List<byte>(source.Length / 2 + 16);
        var heads = new int[1 << HashBits];
        var previous = new int[source.Length];
        heads.AsSpan().Fill(-1);
        var (at, anchor, last) = (0, 0, source.Length - LastMatchBefore);
        while (at < last)
        {
            var (offset, length) = Longest(source, at, heads, previous);
            if (length < LeastMatch)
            {
                Enter(source, at++, heads, previous);
                continue;
            }
            WriteSequence(output, source[anchor..at], offset, length);
            for (var end = at + length; at < end; at++)
            {
                if (at < last)
                    Enter(source, at, heads, previous);
            }
            anchor = at;
        }
        WriteSequence(output, source[anchor..], 0, 0);
        return [.. output];
    }

    private static string Broken(string what, int at) => $"{what} (byte {at} of the block)";

    // A length of 15 goes on in further bytes, of which each but the last is 255.
    private static long? ReadLength(ReadOnlySpan<byte> block, ref int from, int first)
    {
        long length = first;
        if (first < 15)
            return length;
        byte next;
        do
        {
            if (from == block.Length)
                return null;
            length += next = block[from++];
        }
        while (next == 255);
        return length;
    }

    // A match may reach into itself: then what it repeats is repeated again.
    private static int Repeat(Span<byte> target, int to, int offset, int length)
    {
        if (offset >= length)
        {
            target.Slice(to - offset, length).CopyTo(target[to..]);
            return to + length;
        }
        for (var end = to + length; to < end; to++)
            target[to] = target[to - offset];
        return to;
    }

    private static int HashOf(ReadOnlySpan<byte> source, int at) => (int)((BinaryPrimitives.ReadUInt32LittleEndian(source[at..]) * 2654435761u) >> (32 - HashBits));

    private static void Enter(ReadOnlySpan<byte> source, int at, int[] heads, int[] previous)
    {
        ref var head = ref heads[HashOf(source, at)];
        previous[at] = head;
        head = at;
    }

    private static (int Offset, int Length) Longest(ReadOnlySpan<byte> source, int at, int[] heads, int[] previous)
    {
        var (offset, length) = (0, 0);
        var here = source[at..^LastLiterals];
        var candidate = heads[HashOf(source, at)];
        for (var tries = 0; candidate >= 0 && at - candidate <= LongestOffset && tries < MostTries; tries++)
        {
            var alike = here.CommonPrefixLength(source[candidate..]);
            if (alike > length)
                (offset, length) = (at - candidate, alike);
            candidate = previous[candidate];
        }
        return (offset, length);
    }

    // Without a match it is the last sequence.
    private static void WriteSequence(List<byte> output, ReadOnlySpan<byte> literals, int offset, int length)
    {
        var more = length - LeastMatch;
        output.Add((byte)(Math.Min(literals.Length, 15) << 4 | (length == 0 ? 0 : Math.Min(more, 15))));
        WriteLength(output, literals.Length);
        output.AddRange(literals);
        if (length == 0)
            return;
        output.Add((byte)offset);
        output.Add((byte)(offset >> 8));
        WriteLength(output, more);
    }

    private static void WriteLength(List<byte> output, int length)
    {
        if (length < 15)
            return;
        for (length -= 15; length >= 255; length -= 255)
            output.Add(255);
        output.Add((byte)length);
    }
}
