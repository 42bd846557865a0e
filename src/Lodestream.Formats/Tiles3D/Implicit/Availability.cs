using System.Numerics;

namespace Lodestream.Formats.Tiles3D.Implicit;

/// <summary>Which tiles, contents or subtrees are there: all, none, or as bits say, the lowest bit of a byte first.</summary>
internal readonly struct Availability
{
    private readonly ReadOnlyMemory<byte> _bits;
    private readonly bool _all;

    private Availability(long count, ReadOnlyMemory<byte> bits, bool all) => (Count, _bits, _all) = (count, bits, all);

    /// <summary>How many there could be.</summary>
    public long Count { get; }

    public static Availability Constant(long count, bool all) => new(count, default, all);

    /// <summary>As bits say.</summary>
    /// <param name="count">How many bits count.</param>
    /// <param name="bits">At least as many bytes as they take.</param>
    public static Availability Bitstream(long count, ReadOnlyMemory<byte> bits) => new(count, bits[..(int)((count + 7) / 8)], false);

    public bool this[long index] => _bits.IsEmpty ? _all && index < Count : (_bits.Span[(int)(index >> 3)] >> (int)(index & 7) & 1) != 0;

    /// <summary>How many are there before one.</summary>
    public int CountBefore(long index)
    {
        if (_bits.IsEmpty)
            return _all ? (int)index : 0;
        var count = 0;
        var bytes = _bits.Span[..(int)(index >> 3)];
        foreach (var b in bytes)
            count += BitOperations.PopCount(b);
        return (index & 7) == 0 ? count : count + BitOperations.PopCount((uint)(_bits.Span[(int)(index >> 3)] & ((1 << (int)(index & 7)) - 1)));
    }

    /// <summary>How many are there.</summary>
    public int Total => CountBefore(Count);
}
