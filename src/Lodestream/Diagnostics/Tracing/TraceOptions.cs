using Lodestream.Presentation.Labels;
using Lodestream.Scene;
using Lodestream.Selection;
using Lodestream.Streaming;

namespace Lodestream.Diagnostics;

/// <summary>A streamer's options in a recording, all of them, in the order below.</summary>
internal static class TraceOptions
{
    public static void Write(StreamerOptions options, TraceBuffer to)
    {
        to.Whole((ulong)options.MaximumRequests);
        to.Whole((ulong)options.MaximumRequestsPerHost);
        to.Whole((ulong)options.MemoryBudgetBytes);
        to.Real(options.RetainMargin);
        to.Flag(options.HostHasMasks);
        to.Byte((byte)options.FailedLeaves);
        to.Real(options.UploadBudgetMs);
        to.Whole((ulong)options.TopologyTilesPerTick);
        to.Whole((ulong)options.MaximumTilesetDepth);
        to.Whole((ulong)options.MaximumFilesPerContent);
        to.Real(options.PrepareTimeoutSeconds);
        to.Real(options.FirstParseBackoffSeconds);
        to.Real(options.LongestParseBackoffSeconds);
        to.Real(options.UnloadTopologyAfterSeconds);
        to.Whole((ulong)options.MaximumParseAttempts);
        to.Flag(options.AdaptiveWindow);
        to.Whole((ulong)options.FillInFrom);
        to.Word(options.Seed);
        to.Byte(options.RequiredFamilies.Bits);
        Write(options.Prediction, to);
        Write(options.Hosts, to);
        Write(options.Labels, to);
        to.Flag(options.Pyramid is not null);
        if (options.Pyramid is { } pyramid)
            Write(pyramid, to);
        TraceModels.Write(options, to);
    }

    public static StreamerOptions Read(TraceInput from)
    {
        var options = new StreamerOptions
        {
            MaximumRequests = Int(from),
            MaximumRequestsPerHost = Int(from),
            MemoryBudgetBytes = (long)from.Whole(),
            RetainMargin = from.Real(),
            HostHasMasks = from.Flag(),
            FailedLeaves = from.Member<FailedLeafRule>(),
            UploadBudgetMs = from.Real(),
            TopologyTilesPerTick = Int(from),
            MaximumTilesetDepth = Int(from),
            MaximumFilesPerContent = Int(from),
            PrepareTimeoutSeconds = from.Real(),
            FirstParseBackoffSeconds = from.Real(),
            LongestParseBackoffSeconds = from.Real(),
            UnloadTopologyAfterSeconds = from.Real(),
            MaximumParseAttempts = Int(from),
            AdaptiveWindow = from.Flag(),
            FillInFrom = Int(from),
            Seed = from.Word(),
            RequiredFamilies = FamilySet.FromBits(from.Byte()),
            Prediction = ReadPrediction(from),
            Hosts = ReadHosts(from),
            Labels = ReadLabels(from),
            Pyramid = from.Flag() ? ReadPyramid(from) : null,
        };
        options = TraceModels.Read(options, from);
        try
        {
            options.Validate();
        }
        catch (ArgumentException e)
        {
            throw from.Damage(e.Message);
        }
        return options;
    }

    private static void Write(LabelOptions labels, TraceBuffer to)
    {
        to.Real(labels.FadeMs);
        to.Real(labels.MarginPx);
        to.Real(labels.SpacingPx);
        to.Real(labels.RestMs);
        to.Whole((ulong)labels.MaximumShown);
        to.Flag(labels.HostTestsSight);
    }

    private static LabelOptions ReadLabels(TraceInput from) => new()
    {
        FadeMs = from.Real(),
        MarginPx = from.Real(),
        SpacingPx = from.Real(),
        RestMs = from.Real(),
        MaximumShown = Int(from),
        HostTestsSight = from.Flag(),
    };

    public static void Write(PyramidOptions pyramid, TraceBuffer to)
    {
        to.Real(pyramid.TargetTileWidthPx);
        to.Real(pyramid.FootprintMargin);
        to.Real(pyramid.FocalRadius ?? 0);
        to.Real(pyramid.ScreenAreaWeight);
        to.Real(pyramid.DepthPenaltyPerLevel);
        to.Real(pyramid.ForegroundBias);
    }

    public static PyramidOptions ReadPyramid(TraceInput from)
    {
        var options = new PyramidOptions
        {
            TargetTileWidthPx = from.Real(),
            FootprintMargin = from.Real(),
            FocalRadius = from.Real() is var radius && radius != 0 ? radius : null,
            ScreenAreaWeight = from.Real(),
            DepthPenaltyPerLevel = from.Real(),
            ForegroundBias = from.Real(),
        };
        try
        {
            options.Validate();
        }
        catch (ArgumentException e)
        {
            throw from.Damage(e.Message);
        }
        return options;
    }

    private static void Write(PredictionOptions prediction, TraceBuffer to)
    {
        to.Real(prediction.LookAheadSeconds);
        to.Real(prediction.PrefetchSeconds);
        to.Real(prediction.PrefetchConfidence);
        to.Real(prediction.SmoothingSeconds);
        to.Real(prediction.HalfTrustTurn);
        to.Real(prediction.JumpShare);
    }

    private static PredictionOptions ReadPrediction(TraceInput from) => new()
    {
        LookAheadSeconds = from.Real(),
        PrefetchSeconds = from.Real(),
        PrefetchConfidence = from.Real(),
        SmoothingSeconds = from.Real(),
        HalfTrustTurn = from.Real(),
        JumpShare = from.Real(),
    };

    private static void Write(HostHealthOptions hosts, TraceBuffer to)
    {
        to.Real(hosts.FirstBackoff);
        to.Real(hosts.LongestBackoff);
        to.Whole((ulong)hosts.MaximumAttempts);
        to.Whole((ulong)hosts.BreakerThreshold);
        to.Real(hosts.BreakerPause);
        to.Real(hosts.RetryBudget);
        to.Real(hosts.RetriesPerSuccess);
        to.Real(hosts.RetriesPerSecond);
        to.Real(hosts.ConnectTimeout);
        to.Real(hosts.FirstByteTimeout);
        to.Real(hosts.StallTimeout);
    }

    private static HostHealthOptions ReadHosts(TraceInput from) => new()
    {
        FirstBackoff = from.Real(),
        LongestBackoff = from.Real(),
        MaximumAttempts = Int(from),
        BreakerThreshold = Int(from),
        BreakerPause = from.Real(),
        RetryBudget = from.Real(),
        RetriesPerSuccess = from.Real(),
        RetriesPerSecond = from.Real(),
        ConnectTimeout = from.Real(),
        FirstByteTimeout = from.Real(),
        StallTimeout = from.Real(),
    };

    private static int Int(TraceInput from) => from.Count(int.MaxValue, "of an option");
}
