namespace Lodestream.Diagnostics;

/// <summary>Reads what <see cref="TraceFrameWriter"/> wrote.</summary>
internal sealed class TraceFrameReader
{
    private TraceFigures _last = new();

    public void Read(TraceOutputs outputs, TimeSpan now, TraceInput from)
    {
        var kind = from.Member<WakeKind>();
        var at = kind switch { WakeKind.AtTime => now + TimeSpan.FromTicks(from.Signed() % (1L << 62)), WakeKind.Now => now, _ => TimeSpan.MaxValue };
        _last.Decision = new(kind, at);
        _last.Wanted += (int)from.Signed();
        if (from.Flag())
        {
            var low = from.Word();
            _last.Signature = new(from.Word(), low);
        }
        _last.Cpu += from.Signed();
        _last.Geometry += from.Signed();
        _last.Texture += from.Signed();
        _last.DetailScale = Real(from, _last.DetailScale);
        _last.PrimaryGeometric = Real(from, _last.PrimaryGeometric);
        _last.PrimaryRaster = Real(from, _last.PrimaryRaster);
        _last.UnderlayGeometric = Real(from, _last.UnderlayGeometric);
        _last.UnderlayRaster = Real(from, _last.UnderlayRaster);
        _last.Labels += (int)from.Signed();
        _last.LabelHash = from.Flag() ? from.Word() : 0;
        outputs.Figures = _last;
        ReadOutputs(outputs, from);
    }

    public static void ReadOutputs(TraceOutputs outputs, TraceInput from)
    {
        outputs.Items.Clear();
        Array.Clear(outputs.Hashes);
        var parts = 0;
        for (var count = from.CountOf(2, "outputs"); count > 0; count--)
        {
            var output = ReadOutput(from);
            outputs.Items.Add(output);
            parts |= 1 << (int)output.Part;
        }
        for (var part = 0; part < TraceHash.Parts; part++)
        {
            if ((parts >> part & 1) != 0)
                outputs.Hashes[part] = from.Word();
        }
    }

    private static double Real(TraceInput from, double last) => from.Flag() ? from.Real() : last;

    private static TraceOutput ReadOutput(TraceInput from)
    {
        var kind = from.Member<OutputKind>();
        switch (kind)
        {
            case OutputKind.RequestStarted or OutputKind.TexturesSet:
                return new(kind, from.Signed(), (int)from.Signed(), Detail: from.Byte());
            case OutputKind.RequestCancelled or OutputKind.PreparationCancelled:
                return new(kind, from.Signed(), 0, Detail: from.Byte());
            case OutputKind.PreparationGranted or OutputKind.PreparationSupplied:
                return new(kind, from.Signed(), 0);
            case OutputKind.PreparationStarted or OutputKind.Uploaded or OutputKind.Freed:
                return new(kind, from.Signed(), (int)from.Signed());
            case OutputKind.Shown:
                var region = (int)from.Signed();
                return new(kind, 0, region, region - (int)from.Signed(), from.Byte(), (uint)from.Whole());
            default:
                return new(kind, 0, (int)from.Signed());
        }
    }
}
