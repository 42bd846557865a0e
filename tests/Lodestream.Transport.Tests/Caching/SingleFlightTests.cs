using Lodestream.Streaming;
using Lodestream.Transport.Caching;
using Microsoft.AspNetCore.Http;

namespace Lodestream.Transport.Tests.Caching;

/// <summary>One request per file, whoever asks.</summary>
public sealed class SingleFlightTests
{
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _go = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task Asks_for_one_file_share_a_request_and_each_has_bytes_of_its_own()
    {
        await using var source = await CachedSource.StartAsync(Slow("one", "\"1\""));
        using var first = source.Transport();
        using var second = source.Transport();
        var asks = new[] { first, second, first }.Select(transport => transport.FetchAsync(source.Address + "a.glb", null, CancellationToken.None)).ToArray();
        await _asked.Task.WaitAsync(TimeSpan.FromSeconds(30));
        _go.SetResult();
        var outcomes = await Task.WhenAll(asks).WaitAsync(TimeSpan.FromSeconds(30));
        Assert.All(outcomes, outcome => Assert.Equal("one"u8.ToArray(), outcome.Bytes));
        Assert.Equal(3, outcomes.Select(outcome => outcome.Bytes).Distinct(ReferenceEqualityComparer.Instance).Count());
        Assert.Equal(["/a.glb"], source.Asked);
        Assert.Equal(2, source.Cache.Statistics.Joined);
    }

    [Fact]
    public async Task One_who_leaves_does_not_end_it_for_the_others()
    {
        await using var source = await CachedSource.StartAsync(Slow("one", "\"1\""));
        using var transport = source.Transport();
        using var leaving = new CancellationTokenSource();
        var (left, stays) = (transport.FetchAsync(source.Address + "a.glb", null, leaving.Token), transport.FetchAsync(source.Address + "a.glb", null, CancellationToken.None));
        await _asked.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        _go.SetResult();
        Assert.Equal("one"u8.ToArray(), (await stays.WaitAsync(TimeSpan.FromSeconds(30))).Bytes);
        Assert.Single(source.Asked);
    }

    [Fact]
    public async Task An_ask_for_the_newest_joins_none_that_began_before_and_what_that_brings_is_not_kept()
    {
        await using var source = await CachedSource.StartAsync(Slow("one", "\"1\"", "max-age=60"));
        using var transport = source.Transport();
        var old = transport.FetchAsync(source.Address + "a.glb", null, CancellationToken.None);
        await _asked.Task.WaitAsync(TimeSpan.FromSeconds(30));
        source.Answer = CachedSource.Tagged("two", "\"2\"", "max-age=60");
        var newest = transport.FetchNewestAsync(source.Address + "a.glb", null, CancellationToken.None);
        while (source.Asked.Count < 2)
            await Task.Yield();
        _go.SetResult();
        Assert.Equal("one"u8.ToArray(), (await old.WaitAsync(TimeSpan.FromSeconds(30))).Bytes);
        Assert.Equal("two"u8.ToArray(), (await newest.WaitAsync(TimeSpan.FromSeconds(30))).Bytes);
        Assert.Equal("two", await source.TextAsync());
        Assert.Equal(2, source.Asked.Count);
    }

    [Fact]
    public async Task A_file_that_another_process_fetches_is_waited_for_and_not_fetched_twice()
    {
        // What tells processes apart is what a cache holds in memory: two on one folder share nothing but files.
        await using var source = await CachedSource.StartAsync(Slow("one", "\"1\"", "max-age=60"));
        var other = source.Open();
        var first = source.TextAsync();
        await _asked.Task.WaitAsync(TimeSpan.FromSeconds(30));
        using var transport = source.Transport(other);
        var second = transport.FetchAsync(source.Address + "a.glb", null, CancellationToken.None);
        while (source.Time.WaitingWithin(TimeSpan.FromMilliseconds(25)) == 0)
            await Task.Yield();
        _go.SetResult();
        Assert.Equal("one", await first);
        while (!second.IsCompleted)
        {
            source.Time.Advance(TimeSpan.FromMilliseconds(25));
            await Task.Yield();
        }
        Assert.Equal("one"u8.ToArray(), (await second).Bytes);
        Assert.Single(source.Asked);
        Assert.Equal(1, other.Statistics.Hits);
    }

    [Fact]
    public async Task Another_process_is_not_waited_for_longer_than_the_options_say()
    {
        await using var source = await CachedSource.StartAsync(Slow("one", "\"1\"", "max-age=60"));
        var first = source.TextAsync();
        await _asked.Task.WaitAsync(TimeSpan.FromSeconds(30));
        source.Answer = CachedSource.Tagged("one", "\"1\"", "max-age=60");
        using var transport = source.Transport(source.Open());
        var started = source.Time.GetTimestamp();
        var second = transport.FetchAsync(source.Address + "a.glb", null, CancellationToken.None);
        while (!second.IsCompleted)
        {
            if (source.Time.WaitingWithin(TimeSpan.FromMilliseconds(25)) > 0)
                source.Time.Advance(TimeSpan.FromMilliseconds(25));
            await Task.Yield();
        }
        Assert.Equal("one"u8.ToArray(), (await second).Bytes);
        Assert.InRange(source.Time.GetElapsedTime(started), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2.1));
        _go.SetResult();
        await first;
    }

    private RequestDelegate Slow(string text, string etag, string? caching = null) => async http =>
    {
        _asked.TrySetResult();
        await _go.Task;
        await CachedSource.Tagged(text, etag, caching)(http);
    };
}
