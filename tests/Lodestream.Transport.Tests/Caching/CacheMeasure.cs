using System.Globalization;
using Lodestream.Streaming;
using Microsoft.AspNetCore.Http;

namespace Lodestream.Transport.Tests.Caching;

/// <summary>What a hit costs beside a fetch from a server on this machine: figures of <c>docs/performance.md</c>, no test.</summary>
internal static class CacheMeasure
{
    private const int Files = 400;
    private const int Runs = 7;

    public static async Task<int> RunAsync()
    {
        foreach (var length in new[] { 32_000, 1_000_000 })
        {
            var body = new byte[length];
            new Random(1).NextBytes(body);
            await using var source = await CachedSource.StartAsync(http =>
            {
                http.Response.Headers.ETag = "\"1\"";
                http.Response.Headers.CacheControl = http.Request.Path.StartsWithSegments("/asked", StringComparison.Ordinal) ? "no-cache" : "max-age=31536000, immutable";
                http.Response.StatusCode = http.Request.Headers.IfNoneMatch.Count > 0 ? 304 : 200;
                http.Response.ContentLength = http.Response.StatusCode == 304 ? null : length;
                return http.Response.StatusCode == 304 ? Task.CompletedTask : http.Response.Body.WriteAsync(body).AsTask();
            });
            using var client = HttpTransport.CreateClient();
            using var network = new HttpTransport(client, new Inbox());
            using var cached = source.Transport();
            var files = Math.Min(Files, 200_000_000 / length);
            double[] fetches = new double[Runs], hits = new double[Runs], questions = new double[Runs], stores = new double[Runs];
            for (var run = 0; run < Runs; run++)
            {
                fetches[run] = await TimeAsync(network, source.Address + "kept", files);
                stores[run] = await TimeAsync(cached, $"{source.Address}kept/{run}", files);
                hits[run] = await TimeAsync(cached, $"{source.Address}kept/{run}", files);
                await TimeAsync(cached, source.Address + "asked", files);
                questions[run] = await TimeAsync(cached, source.Address + "asked", files);
                await source.Cache.ClearAsync();
            }
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{length} bytes: fetch {Median(fetches):0} µs; of that a hit {Ratio(hits, fetches)}, a question and 304 {Ratio(questions, fetches)}, a fetch that is kept {Ratio(stores, fetches)}"));
        }
        return 0;
    }

    // One after the other: what one of them costs, in microseconds.
    private static async Task<double> TimeAsync(FetchingTransport transport, string address, int files)
    {
        var started = TimeProvider.System.GetTimestamp();
        for (var i = 0; i < files; i++)
        {
            var outcome = await transport.FetchAsync(string.Create(CultureInfo.InvariantCulture, $"{address}/{i}"), null, CancellationToken.None);
            if (outcome.Status != FetchStatus.Ok)
                throw new InvalidOperationException(outcome.Error);
        }
        return TimeProvider.System.GetElapsedTime(started).TotalMicroseconds / files;
    }

    private static double Median(double[] values) => values.Order().ElementAt(values.Length / 2);

    private static string Ratio(double[] values, double[] of)
    {
        var ratios = values.Zip(of, (value, whole) => value / whole).Order().ToArray();
        return string.Create(CultureInfo.InvariantCulture, $"{ratios[ratios.Length / 2]:0.00} ({ratios[0]:0.00} to {ratios[^1]:0.00})");
    }
}
