using System.Buffers.Binary;
using System.Numerics;

namespace Lodestream.Formats.Untold;

/// <summary>A vertex: 32 bytes in a payload.</summary>
/// <param name="Position">Metres.</param>
/// <param name="Normal">Unit vector; ten bits for each component.</param>
/// <param name="Tangent">Unit vector, and −1 or +1 for the side of the bitangent; ten bits for each component.</param>
/// <param name="Uv0">Texture coordinates; half floats.</param>
/// <param name="Uv1">A second set, which no material uses; half floats.</param>
/// <param name="Color">Red, green, blue, alpha, linear, from the lowest byte on; multiplies the base colour.</param>
public readonly record struct UntoldVertex(Vector3 Position, Vector3 Normal, Vector4 Tangent, Vector2 Uv0, Vector2 Uv1, uint Color)
{
    /// <summary>Bytes of a vertex.</summary>
    public const int Bytes = 32;

    // Ten bits with a sign stand for −1 … 1 by this; −512, which an encoder does not write, for −1 as well.
    private const int Steps = 511;

    /// <summary>White: a vertex that colours nothing.</summary>
    public const uint White = 0xffffffff;

    /// <summary>Reads a vertex.</summary>
    public static UntoldVertex Read(ReadOnlySpan<byte> bytes)
    {
        var (normal, tangent) = (BinaryPrimitives.ReadUInt32LittleEndian(bytes[12..]), BinaryPrimitives.ReadUInt32LittleEndian(bytes[16..]));
        return new(
            new(SingleAt(bytes), SingleAt(bytes[4..]), SingleAt(bytes[8..])),
            new(Component(normal, 0), Component(normal, 10), Component(normal, 20)),
            new(Component(tangent, 0), Component(tangent, 10), Component(tangent, 20), (int)tangent >> 30 < 0 ? -1 : 1),
            new((float)HalfAt(bytes[20..]), (float)HalfAt(bytes[22..])),
            new((float)HalfAt(bytes[24..]), (float)HalfAt(bytes[26..])),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[28..]));
    }

    /// <summary>Writes the vertex.</summary>
    public void Write(Span<byte> bytes)
    {
        BinaryPrimitives.WriteSingleLittleEndian(bytes, Position.X);
        BinaryPrimitives.WriteSingleLittleEndian(bytes[4..], Position.Y);
        BinaryPrimitives.WriteSingleLittleEndian(bytes[8..], Position.Z);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[12..], Pack(Normal));
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[16..], Pack(new(Tangent.X, Tangent.Y, Tangent.Z)) | (Tangent.W < 0 ? 3u : 1u) << 30);
        BinaryPrimitives.WriteHalfLittleEndian(bytes[20..], (Half)Uv0.X);
        BinaryPrimitives.WriteHalfLittleEndian(bytes[22..], (Half)Uv0.Y);
        BinaryPrimitives.WriteHalfLittleEndian(bytes[24..], (Half)Uv1.X);
        BinaryPrimitives.WriteHalfLittleEndian(bytes[26..], (Half)Uv1.Y);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[28..], Color);
    }

    /// <summary>A component of ten bits as a normalized 16-bit one, as GPUs take it: 511 becomes 32,767.</summary>
    /// <param name="packed">Three components and two bits.</param>
    /// <param name="shift">0, 10 or 20.</param>
    public static short Widened(uint packed, int shift)
    {
        // Rounded to the nearest, away from zero in the middle.
        var scaled = Steps10(packed, shift) * 32767 * 2;
        return (short)((scaled + (scaled < 0 ? -Steps : Steps)) / (2 * Steps));
    }

    private static float Component(uint packed, int shift) => Steps10(packed, shift) / (float)Steps;

    private static int Steps10(uint packed, int shift) => Math.Max(-Steps, (int)(packed << (22 - shift)) >> 22);

    private static uint Pack(Vector3 v) => Ten(v.X) | Ten(v.Y) << 10 | Ten(v.Z) << 20;

    private static uint Ten(float value) => (uint)(int)MathF.Round(Math.Clamp(value, -1, 1) * Steps) & 1023;

    private static float SingleAt(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadSingleLittleEndian(bytes);

    private static Half HalfAt(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadHalfLittleEndian(bytes);
}
