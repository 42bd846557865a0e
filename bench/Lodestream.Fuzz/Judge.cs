using System.Globalization;

namespace Lodestream.Fuzz;

/// <summary>What is wrong with how a parser took an input.</summary>
/// <param name="What">In a line.</param>
/// <param name="Details">An exception's trace, or figures.</param>
internal sealed record Find(string What, string Details);

/// <summary>Gives inputs to parsers and judges what comes of it: no exception, a message that says what is wrong, memory within bounds.</summary>
internal static class Judge
{
    /// <summary>Memory that a parser may take: this many times the input …</summary>
    public const int MemoryFactor = 4;

    /// <summary>… and this many bytes besides.</summary>
    public const long FixedMemory = 1 << 20;

    // The framework quotes a misspelt literal to the end of the file in an exception, several times over, before a parser of ours hears of it.
    private const int LiteralFactor = 8;

    private const string Literal = "is an invalid JSON literal";

    // A JSON object is three bytes at least and stands in memory as what it describes: a node with its transform, a tile with its volume.
    private const int ObjectBytes = 320, ElementBytes = 16;

    // What a tile takes while a block is put together, its content's URI included; their number is bounded by ImplicitTiling.MostTilesOfSubtree.
    private const long TileBytes = 2048;

    private const int LongestMessage = 1000;

    // While memory is looked at closely, nobody else allocates.
    private static readonly ReaderWriterLockSlim Quiet = new();

    /// <summary>Gives an input to a parser.</summary>
    /// <param name="target">The parser.</param>
    /// <param name="bytes">The input.</param>
    /// <param name="refused">Whether the parser refused it, as it should most.</param>
    /// <returns>What is wrong; null where nothing is.</returns>
    public static Find? Try(FuzzTarget target, byte[] bytes, out bool refused)
    {
        refused = false;
        long allocated, bound = Bound(bytes);
        Quiet.EnterReadLock();
        try
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            var parsed = target.Parse(bytes);
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            refused = parsed.Error is not null;
            if (refused && parsed.Error!.Contains(Literal, StringComparison.Ordinal))
                bound += LiteralFactor * (long)bytes.Length;
            bound += parsed.Tiles * TileBytes;
            CheckMessage(parsed.Error);
            if (parsed.Kept is { } kept)
                target.Look(kept);
        }
        catch (Exception e)
        {
            // Everything: that there is any is what is looked for.
            return new($"{e.GetType().Name}: {Shortened(e.Message)}", e.ToString());
        }
        finally
        {
            Quiet.ExitReadLock();
        }
        if (allocated > bound)
            bound += ObjectsOf(bytes);
        return allocated <= bound ? null : CheckMemory(target, bytes, allocated, bound);
    }

    /// <summary>Looks whether a message is one: not empty, in one line, of a length that can be read, and no exception's.</summary>
    /// <param name="message">The message; null where there is none, which is well.</param>
    public static void CheckMessage(string? message)
    {
        if (message is null)
            return;
        if (message.Length == 0)
            throw new InvalidOperationException("an error without a message");
        if (message.Length > LongestMessage)
            throw new InvalidOperationException($"a message of {message.Length} characters: {Shortened(message)}");
        if (message.AsSpan().IndexOfAny('\n', '\r') >= 0 || message.Contains("   at ", StringComparison.Ordinal) || message.Contains("Exception", StringComparison.Ordinal))
            throw new InvalidOperationException($"a message with a stack trace or several lines: {Shortened(message)}");
    }

    private static long Bound(byte[] bytes) => MemoryFactor * (long)bytes.Length + FixedMemory;

    private static long ObjectsOf(byte[] bytes)
    {
        var total = 0L;
        foreach (var region in JsonRegion.Find(bytes))
        {
            var json = bytes.AsSpan(region.Offset, region.Length);
            total += (json.Count((byte)'{') + json.Count((byte)'[')) * (long)ObjectBytes + json.Count((byte)',') * (long)ElementBytes;
        }
        return total;
    }

    // What was allocated may be garbage long since: what counts is what was alive at any one time.
    private static Find? CheckMemory(FuzzTarget target, byte[] bytes, long allocated, long bound)
    {
        Quiet.EnterWriteLock();
        try
        {
            var peak = PeakOf(target, bytes);
            return peak <= bound ? null : new(
                string.Create(CultureInfo.InvariantCulture, $"{peak / 1e6:F1} MB alive for an input of {bytes.Length} bytes, {(double)peak / bytes.Length:F1} times as much"),
                string.Create(CultureInfo.InvariantCulture, $"{allocated / 1e6:F1} MB were allocated"));
        }
        finally
        {
            Quiet.ExitWriteLock();
        }
    }

    private static long PeakOf(FuzzTarget target, byte[] bytes)
    {
        const int times = 3;
        var peak = 0L;
        for (var i = 0; i < times; i++)
        {
            var before = GC.GetTotalMemory(forceFullCollection: true);
            var most = before;
            using var done = new ManualResetEventSlim();
            var sampling = new Thread(() =>
            {
                while (!done.IsSet)
                {
                    GC.Collect();
                    most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: false));
                }
            });
            sampling.Start();
            var parsed = target.Parse(bytes);
            done.Set();
            sampling.Join();
            GC.Collect();
            most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: false));
            GC.KeepAlive(parsed.Kept);
            peak = Math.Max(peak, most - before);
        }
        return peak;
    }

    private static string Shortened(string text)
    {
        text = text.ReplaceLineEndings(" ");
        return text.Length <= 200 ? text : text[..200] + "…";
    }
}
