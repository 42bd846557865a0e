using System.Buffers;
using System.Text;
using System.Text.Json;
using Lodestream.Browser.Interop;
using Lodestream.Formats.Preparing;
using Lodestream.Presentation.Labels;

namespace Lodestream.Browser;

/// <summary>Has the page measure labels, which knows the fonts: one call for a content's.</summary>
internal sealed unsafe class PageLabelMeasure(int scene) : ILabelMeasure
{
    private const int BoxWords = 4;

    public void Measure(ReadOnlySpan<Label> labels, Span<LabelBox> boxes)
    {
        if (labels.IsEmpty)
            return;
        var words = new double[labels.Length * BoxWords];
        fixed (double* address = words)
            Page.MeasureLabels(scene, TextOf(labels), (int)address);
        for (var i = 0; i < labels.Length; i++)
        {
            var w = words.AsSpan(i * BoxWords, BoxWords);
            boxes[i] = new((float)w[0], (float)w[1], (float)w[2], (float)w[3]);
        }
    }

    // An array of name, kind, rank, name, ….
    private static string TextOf(ReadOnlySpan<Label> labels)
    {
        var buffer = new ArrayBufferWriter<byte>(labels.Length * 32);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            foreach (ref readonly var label in labels)
            {
                json.WriteStringValue(label.Name);
                json.WriteStringValue(label.Kind);
                json.WriteNumberValue(label.Rank);
            }
            json.WriteEndArray();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
