namespace Lodestream.Diagnostics;

/// <summary>Writes what frames put out. Figures are differences to the frame before: one in which nothing happens takes a few bytes.</summary>
internal sealed class TraceFrameWriter
{
    private TraceFigures _last = new();

    public void Write(TraceOutputs outputs, TimeSpan now, TraceBuffer to)
    {
        ref readonly var f = ref outputs.Figures;
        to.Byte((byte)f.Decision.Kind);
        if (f.Decision.Kind == WakeKind.AtTime)
            to.Signed((f.Decision.At - now).Ticks);
        to.Signed(f.Wanted - _last.Wanted);
        to.Flag(f.Signature != _last.Signature);
        if (f.Signature != _last.Signature)
        {
            to.Word((ulong)f.Signature);
            to.Word((ulong)(f.Signature >> 64));
        }
        to.Signed(f.Cpu - _last.Cpu);
        to.Signed(f.Geometry - _last.Geometry);
        to.Signed(f.Texture - _last.Texture);
        Write(f.DetailScale, _last.DetailScale, to);
        Write(f.PrimaryGeometric, _last.PrimaryGeometric, to);
        Write(f.PrimaryRaster, _last.PrimaryRaster, to);
        Write(f.UnderlayGeometric, _last.UnderlayGeometric, to);
        Write(f.UnderlayRaster, _last.UnderlayRaster, to);
        to.Signed(f.Labels - _last.Labels);
        to.Flag(f.LabelHash != 0);
        if (f.LabelHash != 0)
            to.Word(f.LabelHash);
        _last = f;
        WriteOutputs(outputs, to);
    }

    public static void WriteOutputs(TraceOutputs outputs, TraceBuffer to)
    {
        to.Whole((ulong)outputs.Items.Count);
        var parts = 0;
        foreach (var output in outputs.Items)
        {
            Write(output, to);
            parts |= 1 << (int)output.Part;
        }
        for (var part = 0; part < TraceHash.Parts; part++)
        {
            if ((parts >> part & 1) != 0)
                to.Word(outputs.Hashes[part]);
        }
    }

    private static void Write(double value, double last, TraceBuffer to)
    {
        var differs = BitConverter.DoubleToUInt64Bits(value) != BitConverter.DoubleToUInt64Bits(last);
        to.Flag(differs);
        if (differs)
            to.Real(value);
    }

    private static void Write(in TraceOutput output, TraceBuffer to)
    {
        to.Byte((byte)output.Kind);
        switch (output.Kind)
        {
            case OutputKind.RequestStarted or OutputKind.TexturesSet:
                to.Signed(output.Id);
                to.Signed(output.Index);
                to.Byte(output.Detail);
                break;
            case OutputKind.RequestCancelled or OutputKind.PreparationCancelled:
                to.Signed(output.Id);
                to.Byte(output.Detail);
                break;
            case OutputKind.PreparationGranted or OutputKind.PreparationSupplied:
                to.Signed(output.Id);
                break;
            case OutputKind.PreparationStarted or OutputKind.Uploaded or OutputKind.Freed:
                to.Signed(output.Id);
                to.Signed(output.Index);
                break;
            case OutputKind.Shown:
                to.Signed(output.Index);
                to.Signed(output.Index - output.Source);
                to.Byte(output.Detail);
                to.Whole(output.Contents);
                break;
            default:
                to.Signed(output.Index);
                break;
        }
    }
}
