using System.Globalization;
using Lodestream.Residency;
using Lodestream.Scene;
using Lodestream.Streaming;

namespace Lodestream.Diagnostics;

/// <summary>Says what two frames' outputs differ in.</summary>
internal static class TraceDifference
{
    /// <summary>The first part that differs, and how; null when none does.</summary>
    /// <param name="recorded">What was recorded.</param>
    /// <param name="replayed">What the replay came to.</param>
    /// <param name="tree">The replay's tree, for names.</param>
    /// <param name="hasFigures">Whether it was a tick.</param>
    public static (TracePart Part, string Text)? Between(TraceOutputs recorded, TraceOutputs replayed, TileTree tree, bool hasFigures)
    {
        for (var part = TracePart.Selection; part <= TracePart.Statistics; part++)
        {
            var difference = part switch
            {
                TracePart.Selection => hasFigures ? Selection(recorded.Figures, replayed.Figures) : null,
                TracePart.Decision => hasFigures ? Decision(recorded.Figures, replayed.Figures) : null,
                TracePart.Statistics => hasFigures ? Statistics(recorded.Figures, replayed.Figures) : null,
                TracePart.Labels => hasFigures ? Labels(recorded.Figures, replayed.Figures) : null,
                _ => Outputs(part, recorded, replayed, tree),
            };
            if (difference is var (was, now))
                return (part, $"{Name(part)} differ{(part is TracePart.Selection or TracePart.Decision or TracePart.Commit ? "s" : "")}: recorded {was}, replayed {now}");
        }
        return null;
    }

    private static (string, string)? Selection(in TraceFigures a, in TraceFigures b) => a.Signature == b.Signature && a.Wanted == b.Wanted
        ? null
        : ($"{a.Wanted} tiles wanted ({a.Signature:x32})", $"{b.Wanted} ({b.Signature:x32})");

    private static (string, string)? Decision(in TraceFigures a, in TraceFigures b) => a.Decision == b.Decision ? null : (Words(a.Decision), Words(b.Decision));

    private static (string, string)? Statistics(in TraceFigures a, in TraceFigures b) =>
        Differ("main memory", a.Cpu, b.Cpu) ?? Differ("geometry", a.Geometry, b.Geometry) ?? Differ("textures", a.Texture, b.Texture)
        ?? Differ("a detail scale of", a.DetailScale, b.DetailScale) ?? Differ("a geometric error of", a.PrimaryGeometric, b.PrimaryGeometric) ?? Differ("a raster error of", a.PrimaryRaster, b.PrimaryRaster)
        ?? Differ("a geometric error standing in of", a.UnderlayGeometric, b.UnderlayGeometric) ?? Differ("a raster error standing in of", a.UnderlayRaster, b.UnderlayRaster);

    private static (string, string)? Labels(in TraceFigures a, in TraceFigures b) => a.Labels == b.Labels && a.LabelHash == b.LabelHash
        ? null
        : (Text($"{a.Labels} labels placed ({a.LabelHash:x16})"), Text($"{b.Labels} ({b.LabelHash:x16})"));

    private static (string, string)? Differ(string what, long a, long b) => a == b ? null : (Text($"{a:N0} bytes of {what}"), Text($"{b:N0}"));

    private static (string, string)? Differ(string what, double a, double b) =>
        BitConverter.DoubleToUInt64Bits(a) == BitConverter.DoubleToUInt64Bits(b) ? null : (Text($"{what} {a:R}"), Text($"{b:R}"));

    // The first that differs, and how many there were.
    private static (string, string)? Outputs(TracePart part, TraceOutputs recorded, TraceOutputs replayed, TileTree tree)
    {
        var was = recorded.Items.FindAll(output => output.Part == part);
        var now = replayed.Items.FindAll(output => output.Part == part);
        for (var i = 0; i < Math.Max(was.Count, now.Count); i++)
        {
            if (i >= was.Count || i >= now.Count || was[i] != now[i])
                return (At(was, i, tree), At(now, i, tree));
        }
        // The same numbers for other tiles or contents: the trees differ.
        return was.Count > 0 && recorded.Hashes[(int)part] != replayed.Hashes[(int)part]
            ? (Text($"{was.Count} of hash {recorded.Hashes[(int)part]:x16}"), Text($"{replayed.Hashes[(int)part]:x16}"))
            : null;
    }

    private static string At(List<TraceOutput> outputs, int i, TileTree tree)
    {
        var others = outputs.Count switch { 0 => "", _ when i >= outputs.Count => Text($" after {outputs.Count}"), 1 => "", _ => Text($" ({i + 1} of {outputs.Count})") };
        return (i < outputs.Count ? Words(outputs[i], tree) : i == 0 ? "nothing" : "nothing more") + others;
    }

    private static string Words(in TraceOutput output, TileTree tree) => output.Kind switch
    {
        OutputKind.RequestStarted => Text($"request {output.Id} started for {Content(output.Index, tree)}{((output.Detail & 1) != 0 ? ", a file of it" : "")}{((output.Detail & 2) != 0 ? ", past caches" : "")}"),
        OutputKind.RequestCancelled => Text($"request {output.Id} called off ({(CancelReason)output.Detail})"),
        OutputKind.PreparationStarted => Text($"preparation {output.Id} started for {Content(output.Index, tree)}"),
        OutputKind.PreparationGranted => Text($"preparation {output.Id} granted its memory"),
        OutputKind.PreparationSupplied => Text($"preparation {output.Id} given its files"),
        OutputKind.PreparationCancelled => Text($"preparation {output.Id} called off ({(CancelReason)output.Detail})"),
        OutputKind.Uploaded => Text($"preparation {output.Id} uploaded, {Content(output.Index, tree)}"),
        OutputKind.Shown => Text($"tile {Tile(output.Index, tree)} shown{(output.Source == output.Index ? "" : $" by {Tile(output.Source, tree)}")}, mask {output.Detail:x2}, contents {output.Contents:x}"),
        OutputKind.Hidden => $"tile {Tile(output.Index, tree)} hidden",
        OutputKind.TexturesSet => Text($"textures of preparation {output.Id} set to {(TextureTier)output.Detail}, {Content(output.Index, tree)}"),
        OutputKind.Replaced => $"{Content(output.Index, tree)} replaced",
        _ => Text($"preparation {output.Id} freed, {Content(output.Index, tree)}"),
    };

    private static string Words(FrameDecision decision) => decision.Kind switch
    {
        WakeKind.Now => "to tick again now",
        WakeKind.AtTime => Text($"to tick again at {decision.At.TotalSeconds:0.000000} s"),
        _ => "to tick again on an event",
    };

    private static string Content(int content, TileTree tree) => (uint)content < (uint)tree.Contents.Capacity && tree.Contents.Records[content].References > 0
        ? tree.Contents.RelativeUri(content)
        : Text($"content {content}");

    private static string Tile(int tile, TileTree tree) => (uint)tile < (uint)tree.Capacity && !tree.SlotsOf(tile).IsEmpty ? Content(tree.SlotsOf(tile)[0], tree) : Text($"{tile}");

    private static string Name(TracePart part) => part.ToString().ToLowerInvariant();

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
