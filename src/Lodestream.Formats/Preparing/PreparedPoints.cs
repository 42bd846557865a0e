using Lodestream.Formats.Legacy;
using Lodestream.Geometry;

namespace Lodestream.Formats.Preparing;

/// <summary>A cloud of points ready for an engine.</summary>
public sealed class PreparedPoints
{
    private readonly ReadOnlyMemory<byte> _payload;

    internal PreparedPoints(PointsPart part, ReadOnlyMemory<byte> payload) => (Part, _payload) = (part, payload);

    /// <summary>What it is, and what it takes.</summary>
    public PointsPart Part { get; }

    /// <summary>Number of points.</summary>
    public int Count => Part.Points.Count;

    /// <summary>Whether the points must be decompressed first (Draco); then nothing below can be asked.</summary>
    public bool IsCompressed => Part.Points.Draco is not null;

    /// <summary>A point's position in the content's frame.</summary>
    public Vector3d Position(int index) => Part.Frame.Point(Part.Points.Position(_payload.Span, index));

    /// <summary>A point's colour, sRGB.</summary>
    public (byte R, byte G, byte B, byte A) Color(int index) => Part.Points.ColorOf(_payload.Span, index);

    /// <summary>A point's normal in the content's frame, where <see cref="Pnts.HasNormals"/>.</summary>
    public Vector3d Normal(int index) => Part.Frame.Direction(Part.Points.Normal(_payload.Span, index));

    /// <summary>A point's row of the batch table.</summary>
    public uint BatchId(int index) => Part.Points.BatchId(_payload.Span, index);

    /// <summary>Reads the batch table; null where there is none, or <paramref name="error"/> tells what is wrong with it.</summary>
    public BatchTable? ReadBatchTable(out string? error) => BatchTable.Read(_payload, Part.BatchTable, out error);

    internal string? Verify(Func<bool> isCancelled, Action<Vector3d, Vector3d> include)
    {
        if (IsCompressed)
            return null;
        for (var i = 0; i < Count; i++)
        {
            if ((i & 0xfff) == 0 && isCancelled())
                return null;
            var position = Position(i);
            if (!position.IsFinite)
                return $"has a position that is not finite, at point {i}";
            include(position, position);
        }
        return null;
    }
}
