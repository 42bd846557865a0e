namespace Lodestream.Simulation.Figures;

/// <summary>What streaming a scene along a path came to. Times in milliseconds since the start of the run unless said otherwise.</summary>
public sealed record StreamingFigures
{
    /// <summary>Ticks.</summary>
    public long Frames { get; init; }

    /// <summary>Simulated time, seconds.</summary>
    public double DurationS { get; init; }

    /// <summary>First time that less than 0.5 % of the rays that meet a wanted tile find nothing drawn there.</summary>
    public double FirstCoverageMs { get; init; }

    /// <summary>First time that what is drawn is what is wanted.</summary>
    public double FirstViewCompleteMs { get; init; }

    /// <summary>From the moment the camera stands still until what is drawn is what is wanted, for good.</summary>
    public double SettleAfterStopMs { get; init; }

    /// <summary>Of the rays that meet a wanted tile, the share that finds it drawn at its wanted level or finer, over all frames in motion.</summary>
    public double AtWantedLevelRatio { get; init; }

    /// <summary>Of the rays that meet a wanted tile, the share that finds nothing drawn, over all frames.</summary>
    public double UncoveredWantedRatio { get; init; }

    /// <summary>
    /// Mean over the rays of max(0, geometric error drawn × K ÷ distance to the wanted tile − target), integrated over time, pixel seconds.
    /// Nothing drawn counts with the root's error.
    /// </summary>
    public double ErrorIntegralPxS { get; init; }

    /// <summary>Attempts started.</summary>
    public long Requests { get; init; }

    /// <summary>Attempts called off.</summary>
    public long Cancelled { get; init; }

    /// <summary>Bytes that went over the link, those of attempts called off included.</summary>
    public long BytesFetched { get; init; }

    /// <summary>Of those, the bytes of contents that were never drawn.</summary>
    public long BytesWasted { get; init; }

    /// <summary>Wasted ÷ fetched.</summary>
    public double WastedRatio => BytesFetched == 0 ? 0 : (double)BytesWasted / BytesFetched;

    /// <summary>The most memory ever charged, bytes.</summary>
    public long PeakBytes { get; init; }
}
