namespace Lodestream.Server.Configuration;

/// <summary>
/// What a client may ask of the server. A server of files reads short requests without bodies; whoever sends more, or too slowly,
/// is not a client of ours.
/// </summary>
public sealed class ServerLimits
{
    /// <summary>Connections open at once; further ones are closed at once. Default 4096.</summary>
    public int MaxConnections { get; init; } = 4096;

    /// <summary>Streams (requests) at once on one HTTP/2 connection. Default 128: browsers use up to a hundred.</summary>
    public int MaxStreamsPerConnection { get; init; } = 128;

    /// <summary>Longest request line, in bytes; longer ones get 414. Default 8192.</summary>
    public int MaxRequestLineBytes { get; init; } = 8 * 1024;

    /// <summary>All headers of a request, in bytes; more get 431. Default 16384.</summary>
    public int MaxRequestHeadersBytes { get; init; } = 16 * 1024;

    /// <summary>Longest request body, in bytes. Nothing served reads one: it is there to be refused. Default 65536.</summary>
    public long MaxRequestBodyBytes { get; init; } = 64 * 1024;

    /// <summary>Seconds a request's head may take to arrive. Default 15.</summary>
    public double RequestHeadersTimeoutSeconds { get; init; } = 15;

    /// <summary>Seconds an idle connection is kept. Default 120.</summary>
    public double KeepAliveTimeoutSeconds { get; init; } = 120;

    /// <summary>Bytes a second a client must send of a body, and must read of an answer, after <see cref="MinRateGraceSeconds"/>; 0 for no minimum. Default 240.</summary>
    public double MinBytesPerSecond { get; init; } = 240;

    /// <summary>Seconds before the minimum rate is asked for. Default 5.</summary>
    public double MinRateGraceSeconds { get; init; } = 5;

    /// <summary>Requests a second one address may make on average; more get 429 with Retry-After. 0, the default, is no limit.</summary>
    public int RequestsPerSecondPerAddress { get; init; }

    /// <summary>Requests one address may make at once before its rate counts. Default 1000: a cold scene asks for hundreds of tiles.</summary>
    public int RequestBurstPerAddress { get; init; } = 1000;

    /// <summary>Seconds that requests under way get to finish when the server stops. Default 10.</summary>
    public double ShutdownSeconds { get; init; } = 10;

    internal void Validate()
    {
        Check.Range(MaxConnections, 1, 1_000_000, "limits.maxConnections");
        Check.Range(MaxStreamsPerConnection, 1, 10_000, "limits.maxStreamsPerConnection");
        Check.Range(MaxRequestLineBytes, 256, 1 << 20, "limits.maxRequestLineBytes");
        Check.Range(MaxRequestHeadersBytes, 1024, 1 << 20, "limits.maxRequestHeadersBytes");
        Check.Range(MaxRequestBodyBytes, 0, 1L << 30, "limits.maxRequestBodyBytes");
        Check.Range(RequestHeadersTimeoutSeconds, 0.1, 3600, "limits.requestHeadersTimeoutSeconds");
        Check.Range(KeepAliveTimeoutSeconds, 0.1, 86_400, "limits.keepAliveTimeoutSeconds");
        Check.Range(MinBytesPerSecond, 0, 1e9, "limits.minBytesPerSecond");
        Check.Range(MinRateGraceSeconds, 1.1, 3600, "limits.minRateGraceSeconds"); // the web server looks once a second
        Check.Range(RequestsPerSecondPerAddress, 0, 1_000_000, "limits.requestsPerSecondPerAddress");
        Check.Range(RequestBurstPerAddress, 1, 1_000_000, "limits.requestBurstPerAddress");
        Check.Range(ShutdownSeconds, 0, 3600, "limits.shutdownSeconds");
    }
}
