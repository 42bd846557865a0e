using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Lodestream.Geometry;

namespace Lodestream.Diagnostics;

/// <summary>A recording is damaged at a place; caught where recordings are read, and told as an error.</summary>
internal sealed class TraceDamageException(string message) : Exception(message);

/// <summary>Reads what <see cref="TraceBuffer"/> wrote. Nothing read is trusted: counts are held against the bytes that are left.</summary>
internal sealed class TraceInput(byte[] bytes, int at = 0)
{
    /// <summary>Offset of the next byte.</summary>
    public int At { get; private set; } = at;

    public int Left => bytes.Length - At;

    public byte Byte() => Take(1)[0];

    public bool Flag() => Byte() switch { 0 => false, 1 => true, var other => throw Damage($"{other} is neither yes nor no") };

    public ulong Whole()
    {
        ulong value = 0;
        for (var shift = 0; shift < 70; shift += 7)
        {
            var b = Byte();
            if (shift == 63 && b > 1)
                break;
            value |= (ulong)(b & 0x7f) << shift;
            if (b < 0x80)
                return value;
        }
        throw Damage("a number does not end");
    }

    public long Signed()
    {
        var value = Whole();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    /// <summary>A number of things, index or size, at most so many.</summary>
    public int Count(long most, string what)
    {
        var value = Whole();
        return value <= (ulong)Math.Min(most, int.MaxValue) ? (int)value : throw Damage($"{value} {what}, where there can be {most}");
    }

    /// <summary>Number of things that take so many bytes each at least: no more than there are bytes for.</summary>
    public int CountOf(int bytesEach, string what) => Count(Left / bytesEach, what);

    public ulong Word() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    public double Real() => BitConverter.UInt64BitsToDouble(Word());

    public Vector3d Vector() => new(Real(), Real(), Real());

    /// <summary>A member of an enumeration whose members are numbered from 0.</summary>
    public T Member<T>()
        where T : struct, Enum
    {
        var value = Byte();
        var member = (T)Enum.ToObject(typeof(T), value);
        return Enum.IsDefined(member) ? member : throw Damage($"{value} is no {typeof(T).Name}");
    }

    public string Text() => Encoding.UTF8.GetString(Take(CountOf(1, "bytes of text")));

    public ReadOnlySpan<byte> Take(int count)
    {
        if (count > Left)
            throw Damage($"{count} bytes more were to come");
        var taken = bytes.AsSpan(At, count);
        At += count;
        return taken;
    }

    public TraceDamageException Damage(string what) => new(string.Create(CultureInfo.InvariantCulture, $"damaged or cut off at byte {At:N0} of the {bytes.Length:N0} packed in it: {what}"));
}
