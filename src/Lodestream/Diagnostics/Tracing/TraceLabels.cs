using System.Globalization;
using Lodestream.Presentation.Labels;
using Lodestream.Scene;

namespace Lodestream.Diagnostics;

/// <summary>Labels in a recording: where they are and what they cover, which decides over what is shown. Of what is written a hash: it tells labels apart.</summary>
internal static class TraceLabels
{
    // A number, a rank, a hash, a position and a box.
    private const int BytesEach = 2 + 4 * sizeof(double) + 4 * sizeof(float);

    public static void Write(LabelSet set, TraceBuffer to)
    {
        to.Whole((ulong)set.Labels.Length);
        foreach (ref readonly var label in set.Labels)
        {
            to.Whole(label.Id);
            to.Byte(label.Rank);
            to.Word(UriHash.Of($"{label.Kind} {label.Name}"));
            to.Vector(label.Position);
            to.Word(Pair(label.Box.Left, label.Box.Top));
            to.Word(Pair(label.Box.Right, label.Box.Bottom));
        }
    }

    public static LabelSet Read(TraceInput from)
    {
        var labels = new Label[from.CountOf(BytesEach, "labels")];
        for (var i = 0; i < labels.Length; i++)
        {
            var id = from.Whole();
            var (rank, name) = (from.Byte(), from.Word().ToString("x16", CultureInfo.InvariantCulture));
            var position = from.Vector();
            var (corner, opposite) = (from.Word(), from.Word());
            labels[i] = new(id <= uint.MaxValue ? (uint)id : throw from.Damage("a label's number is too large"), name, "", rank, position, new(First(corner), Second(corner), First(opposite), Second(opposite)));
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
