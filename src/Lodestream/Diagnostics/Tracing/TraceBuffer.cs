using System.Buffers.Binary;
using System.Text;
using Lodestream.Geometry;

namespace Lodestream.Diagnostics;

/// <summary>A growing run of bytes in pieces, so that growing moves nothing. Integers are little endian, or seven bits a byte.</summary>
internal sealed class TraceBuffer
{
    private const int PieceBytes = 64 * 1024;

    private readonly List<(byte[] Bytes, int Used)> _full = [];
    private byte[] _piece = new byte[PieceBytes];
    private int _used;
    private long _before;

    /// <summary>Bytes written.</summary>
    public long Length => _before + _used;

    public void Byte(byte value)
    {
        Reserve(1);
        _piece[_used++] = value;
    }

    public void Flag(bool value) => Byte(value ? (byte)1 : (byte)0);

    /// <summary>Seven bits a byte, the lowest first.</summary>
    public void Whole(ulong value)
    {
        Reserve(10);
        for (; value >= 0x80; value >>= 7)
            _piece[_used++] = (byte)(value | 0x80);
        _piece[_used++] = (byte)value;
    }

    /// <summary>The same for numbers of either sign: those near 0 are short.</summary>
    public void Signed(long value) => Whole((ulong)(value << 1) ^ (ulong)(value >> 63));

    public void Word(ulong value)
    {
        Reserve(8);
        BinaryPrimitives.WriteUInt64LittleEndian(_piece.AsSpan(_used), value);
        _used += 8;
    }

    public void Real(double value) => Word(BitConverter.DoubleToUInt64Bits(value));

    public void Vector(in Vector3d vector)
    {
        Real(vector.X);
        Real(vector.Y);
        Real(vector.Z);
    }

    public void Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Whole((ulong)bytes.Length);
        Bytes(bytes);
    }

    public void Bytes(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_piece.AsSpan(_used));
        _used += bytes.Length;
    }

    /// <summary>Forgets what was written.</summary>
    public void Clear()
    {
        _full.Clear();
        (_used, _before) = (0, 0);
    }

    public void CopyTo(Stream stream)
    {
        foreach (var (bytes, used) in _full)
            stream.Write(bytes, 0, used);
        stream.Write(_piece, 0, _used);
    }

    private void Reserve(int bytes)
    {
        if (_used + bytes <= _piece.Length)
            return;
        _full.Add((_piece, _used));
        _before += _used;
        (_piece, _used) = (new byte[Math.Max(PieceBytes, bytes)], 0);
    }
}
