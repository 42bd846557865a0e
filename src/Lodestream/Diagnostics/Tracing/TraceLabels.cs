using Lodestream.Presentation.Labels;

namespace Lodestream.Diagnostics;

/// <summary>Labels in a recording: where they are and what they cover, which decides over what is shown; not what is written.</summary>
internal static class TraceLabels
{
    // A number, a rank, a position and a box.
    private const int BytesEach = 2 + 3 * sizeof(double) + 4 * sizeof(float);

    public static void Write(LabelSet set, TraceBuffer to)
    {
        to.Whole((ulong)set.Labels.Length);
        foreach (ref readonly var label in set.Labels)
        {
            to.Whole(label.Id);
            to.Byte(label.Rank);
            to.Real(label.Position.X);
            to.Real(label.Position.Y);
            to.Real(label.Position.Z);
            to.Word(Pair(label.Box.Left, label.Box.Top));
            to.Word(Pair(label.Box.Right, label.Box.Bottom));
        }
    }

    public static LabelSet Read(TraceInput from)
    {
        var labels = new Label[from.CountOf(BytesEach, "labels")];
        for (var i = 0; i < labels.Length; i++)
        {
            var (id, rank) = ((uint)from.Count(int.MaxValue, "as a label's number"), from.Byte());
            var (x, y, z) = (from.Real(), from.Real(), from.Real());
            var (corner, opposite) = (from.Word(), from.Word());
            labels[i] = new(id, "", "", rank, new(x, y, z), new(First(corner), Second(corner), First(opposite), Second(opposite)));
        }
        try
        {
            return new(labels);
        }
        catch (ArgumentException e)
        {
            throw from.Damage(e.Message);
        }
    }

    private static ulong Pair(float first, float second) => BitConverter.SingleToUInt32Bits(first) | (ulong)BitConverter.SingleToUInt32Bits(second) << 32;

    private static float First(ulong pair) => BitConverter.UInt32BitsToSingle((uint)pair);

    private static float Second(ulong pair) => BitConverter.UInt32BitsToSingle((uint)(pair >> 32));
}
