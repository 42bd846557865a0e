using System.Buffers.Binary;
using Lodestream.Geometry;

namespace Lodestream.Formats.Legacy;

/// <summary>
/// Where instances stand (3D Tiles 1.0, "Instanced 3D Model", "Instance Orientation" and "Instance Scaling"). wwwroot/lodestream/instances.js
/// does the same in the browser.
/// </summary>
internal static class I3dmPlacement
{
    public static Transform3d Of(I3dm model, ReadOnlySpan<byte> payload, int index)
    {
        var position = PositionOf(model, payload, index) + model.RtcCenter;
        var (right, up, back) = AxesOf(model, payload, index, position);
        var size = new Vector3d(1, 1, 1);
        if (model.Scale is { } scale)
            size *= Float(scale.Element(payload, index), 0);
        if (model.ScaleNonUniform is { } along)
        {
            var factors = Floats(along.Element(payload, index));
            size = new(size.X * factors.X, size.Y * factors.Y, size.Z * factors.Z);
        }
        return new(right * size.X, up * size.Y, back * size.Z, position);
    }

    private static Vector3d PositionOf(I3dm model, ReadOnlySpan<byte> payload, int index)
    {
        var bytes = model.Positions.Element(payload, index);
        if (model.QuantizedScale is not { } scale)
            return Floats(bytes);
        return model.QuantizedOffset + new Vector3d(Share(bytes) * scale.X, Share(bytes[2..]) * scale.Y, Share(bytes[4..]) * scale.Z);

        static double Share(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt16LittleEndian(bytes) / 65535.0;
    }

    private static (Vector3d X, Vector3d Y, Vector3d Z) AxesOf(I3dm model, ReadOnlySpan<byte> payload, int index, Vector3d position)
    {
        if (model.NormalUp is not { } ups || model.NormalRight is not { } rights)
            return model.EastNorthUp ? EastNorthUp(position) : (Vector3d.UnitX, Vector3d.UnitY, Vector3d.UnitZ);
        var up = Direction(ups.Element(payload, index), model.AreNormalsOctahedral);
        var right = Direction(rights.Element(payload, index), model.AreNormalsOctahedral);
        return (right, up, Vector3d.Cross(right, up).Normalized());
    }

    private static Vector3d Direction(ReadOnlySpan<byte> bytes, bool octahedral)
    {
        return octahedral ? OctahedralNormal.Decode(Coordinate(bytes), Coordinate(bytes[2..])) : Floats(bytes);

        static double Coordinate(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt16LittleEndian(bytes) / 65535.0 * 2 - 1;
    }

    // By the ellipsoid's normal beneath the position. On its axis east is where it is at longitude 0.
    private static (Vector3d East, Vector3d North, Vector3d Up) EastNorthUp(Vector3d position)
    {
        const double a2 = Ellipsoid.SemiMajor * Ellipsoid.SemiMajor, b2 = Ellipsoid.SemiMinor * Ellipsoid.SemiMinor;
        var up = new Vector3d(position.X / a2, position.Y / a2, position.Z / b2).Normalized();
        if (up == Vector3d.Zero)
            return (Vector3d.UnitX, Vector3d.UnitY, Vector3d.UnitZ);
        var east = new Vector3d(-up.Y, up.X, 0);
        east = east.LengthSquared > 1e-24 ? east.Normalized() : Vector3d.UnitY;
        return (east, Vector3d.Cross(up, east), up);
    }

    private static Vector3d Floats(ReadOnlySpan<byte> bytes) => new(Float(bytes, 0), Float(bytes, 4), Float(bytes, 8));

    private static double Float(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadSingleLittleEndian(bytes[offset..]);
}
