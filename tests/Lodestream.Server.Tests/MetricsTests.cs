using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using Lodestream.Server.Diagnostics;
using Lodestream.Server.Tests.Fixtures;

namespace Lodestream.Server.Tests;

/// <summary>What <c>/metrics</c> says is what happened.</summary>
public sealed partial class MetricsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public MetricsTests()
    {
        _folder.WriteTileset("scene/tileset.json");
        _folder.Write("scene/root.glb", new byte[1000]);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Requests_bytes_and_times_are_counted_by_kind_and_status()
    {
        await using var server = await ServeAsync();
        var tag = (await server.GetAsync("/tilesets/scene/root.glb")).Header("ETag");
        await server.GetAsync("/tilesets/scene/root.glb");
        await server.SendAsync("HEAD", "/tilesets/scene/root.glb");
        await server.GetAsync("/tilesets/scene/root.glb", $"If-None-Match: {tag}");
        await server.GetAsync("/tilesets/scene/root.glb", "Range: bytes=0-9");
        await server.GetAsync("/tilesets/scene/absent.glb");
        await server.GetAsync("/tilesets");

        // Counted when the answer has gone out: a client may be first.
        await server.UntilMetricAsync("lodestream_server_requests_total{kind=\"catalogue\",status=\"200\"}", "1");
        Assert.Equal("3", await server.MetricAsync("lodestream_server_requests_total{kind=\"tile\",status=\"200\"}"));
        Assert.Equal("1", await server.MetricAsync("lodestream_server_requests_total{kind=\"tile\",status=\"304\"}"));
        Assert.Equal("1", await server.MetricAsync("lodestream_server_requests_total{kind=\"tile\",status=\"206\"}"));
        Assert.Equal("1", await server.MetricAsync("lodestream_server_requests_total{kind=\"tile\",status=\"404\"}"));
        Assert.Equal((2 * 1000 + 10 + "not found\n".Length).ToString(System.Globalization.CultureInfo.InvariantCulture), await server.MetricAsync("lodestream_server_sent_bytes_total{kind=\"tile\"}"));
        Assert.Equal("6", await server.MetricAsync("lodestream_server_request_duration_seconds_count{kind=\"tile\"}"));
        Assert.Equal("6", await server.MetricAsync("lodestream_server_request_duration_seconds_bucket{kind=\"tile\",le=\"+Inf\"}"));
        Assert.Equal("1", await server.MetricAsync("lodestream_server_connections_active"));
        Assert.Equal("1", await server.MetricAsync("lodestream_server_requests_active"));
        Assert.Equal("1000", await server.MetricAsync("lodestream_server_cache_size_bytes"));
    }

    [Fact]
    public async Task The_text_is_what_Prometheus_reads()
    {
        await using var server = await ServeAsync();
        await server.GetAsync("/tilesets/scene/root.glb");
        var answer = await server.GetAsync("/metrics");
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", answer.Header("Content-Type"));
        Assert.Equal("no-store", answer.Header("Cache-Control"));
        var types = new HashSet<string>();
        foreach (var line in answer.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
                Assert.True(types.Add(line.Split(' ')[2]), $"declared twice: {line}");
            else if (!line.StartsWith("# HELP ", StringComparison.Ordinal))
                Assert.Matches(Sample(), line);
        }

        Assert.Contains("lodestream_server_request_duration_seconds", types);
        Assert.Contains(types, type => type.StartsWith("dotnet_gc_", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Two_servers_in_one_process_count_for_themselves()
    {
        await using var busy = await ServeAsync();
        await using var idle = await ServeAsync();
        await busy.GetAsync("/tilesets/scene/root.glb");
        await busy.UntilMetricAsync("lodestream_server_requests_total{kind=\"tile\",status=\"200\"}", "1");
        Assert.Null(await idle.MetricAsync("lodestream_server_requests_total{kind=\"tile\",status=\"200\"}"));
    }

    [Fact]
    public void Buckets_are_cumulative_and_a_bound_belongs_to_its_bucket()
    {
        using var meter = new Meter("buckets");
        using var text = new PrometheusText(meter);
        var histogram = meter.CreateHistogram("h", "s", null, tags: null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [1, 2] });
        foreach (var value in new[] { 0.5, 1, 1.5, 2, 5 })
            histogram.Record(value);
        var written = text.Write();
        Assert.Contains("h_seconds_bucket{le=\"1\"} 2\nh_seconds_bucket{le=\"2\"} 4\nh_seconds_bucket{le=\"+Inf\"} 5\nh_seconds_sum 10\nh_seconds_count 5\n", written, StringComparison.Ordinal);
    }

    [Fact]
    public void Tags_cannot_break_the_format_and_their_number_is_bounded()
    {
        using var meter = new Meter("tags");
        using var text = new PrometheusText(meter);
        var counter = meter.CreateCounter<long>("c", null, "two\nlines");
        counter.Add(1, new KeyValuePair<string, object?>("t", "a\"b\\c\nd"));
        for (var i = 0; i < 5000; i++)
            counter.Add(1, new KeyValuePair<string, object?>("t", i));
        var lines = text.Write().Split('\n').Where(line => line.StartsWith('c') || line.Contains("c_total", StringComparison.Ordinal)).ToArray();
        Assert.Contains("# HELP c_total two\\nlines", lines);
        Assert.Contains("c_total{t=\"a\\\"b\\\\c\\nd\"} 1", lines);
        Assert.Contains(lines, line => line.StartsWith("c_total ", StringComparison.Ordinal));
        Assert.InRange(lines.Length, 1000, 1010);
    }

    [GeneratedRegex("""^[a-zA-Z_][a-zA-Z0-9_]*(\{[a-zA-Z_][a-zA-Z0-9_]*="([^"\\]|\\["\\n])*"(,[a-zA-Z_][a-zA-Z0-9_]*="([^"\\]|\\["\\n])*")*\})? -?[0-9.E+-]+$""")]
    private static partial Regex Sample();

    private Task<RunningServer> ServeAsync() => RunningServer.ServeAsync(Path.Combine(_folder.Path, "scene"));
}
