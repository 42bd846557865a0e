namespace Lodestream.Diagnostics;

/// <summary>What recordings are made of: one gzip stream of a first line, the header, and records until the last one.</summary>
internal static class TraceFormat
{
    /// <summary>The first line, up to the version.</summary>
    public const string Magic = "lodestream-trace ";

    /// <summary>Version of what follows, the layout of the tree's arrays (<see cref="TraceTopology"/>) included.</summary>
    public const int Version = 1;

    /// <summary>The most that may be packed in one, bytes.</summary>
    public const int LargestBytes = 1 << 30;

    /// <summary>No clock a recording can have tells more, ticks: about thirty years.</summary>
    public const ulong LatestTime = 1UL << 53;

    public static string LodestreamVersion { get; } = typeof(TileStreamer).Assembly.GetName().Version?.ToString(3) ?? "";
}

/// <summary>What a record in a recording is.</summary>
internal enum TraceRecord : byte
{
    /// <summary>A tick began: time, flags, views, messages.</summary>
    Tick = 1,

    /// <summary>It ended: figures and outputs.</summary>
    EndTick = 2,

    /// <summary>The enabled families were set.</summary>
    Families = 3,

    /// <summary>The budget was set.</summary>
    Budget = 4,

    /// <summary>The streamer is closed: time.</summary>
    Close = 5,

    /// <summary>It was closed: outputs.</summary>
    EndClose = 6,

    /// <summary>The recording ends: frames and hash.</summary>
    End = 7,
}
