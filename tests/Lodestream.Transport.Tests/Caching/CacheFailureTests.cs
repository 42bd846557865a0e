using System.Net;
using System.Net.Sockets;
using Lodestream.Scene;
using Lodestream.Streaming;
using Lodestream.Transport.Caching;
using Microsoft.AspNetCore.Http;

namespace Lodestream.Transport.Tests.Caching;

/// <summary>What happens when the source, the disk or an entry fails.</summary>
public sealed class CacheFailureTests
{
    [Theory]
    [InlineData(null)]
    [InlineData("max-age=5")]
    [InlineData("no-cache")]
    public async Task A_kept_file_stands_in_for_a_source_that_cannot_be_reached_and_the_statistics_say_why(string? caching)
    {
        await using var source = await CachedSource.StartAsync(CachedSource.Tagged("one", "\"1\"", caching));
        Assert.Equal("one", await source.TextAsync());
        await source.UnplugAsync();
        source.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("one", await source.TextAsync());
        var did = source.Cache.Statistics;
        Assert.Equal((1, 0), (did.ServedUnvalidated, did.Revalidated));
        Assert.Contains("a.glb: ", did.LastUnreachable, StringComparison.Ordinal);
        Assert.Equal(FetchStatus.NetworkError, (await source.FetchAsync("other.glb")).Status);
    }

    [Fact]
    public async Task What_must_be_revalidated_is_not_handed_out_when_the_source_cannot_be_reached()
    {
        await using var source = await CachedSource.StartAsync(CachedSource.Tagged("one", "\"1\"", "max-age=0, must-revalidate"));
        Assert.Equal("one", await source.TextAsync());
        await source.UnplugAsync();
        Assert.Equal(FetchStatus.NetworkError, (await source.FetchAsync()).Status);
        Assert.Equal(0, source.Cache.Statistics.ServedUnvalidated);
    }

    [Fact]
    public async Task Nothing_is_handed_out_unvalidated_where_the_options_say_so()
    {
        await using var source = await CachedSource.StartAsync(CachedSource.Tagged("one", "\"1\""), options => options with { ServesWhenUnreachable = false });
        Assert.Equal("one", await source.TextAsync());
        await source.UnplugAsync();
        Assert.Equal(FetchStatus.NetworkError, (await source.FetchAsync()).Status);
    }

    [Fact]
    public async Task A_newer_version_that_was_announced_is_never_stood_in_for()
    {
        await using var source = await CachedSource.StartAsync(CachedSource.Tagged("one", "\"1\"", "max-age=60"));
        Assert.Equal("one", await source.TextAsync());
        await source.UnplugAsync();
        Assert.Equal(FetchStatus.NetworkError, (await source.FetchAsync(newest: true)).Status);
    }

    [Fact]
    public async Task A_host_that_did_not_answer_is_asked_about_kept_files_after_a_while_only()
    {
        await using var source = await CachedSource.StartAsync(http => CachedSource.Tagged("one", "\"1\"")(http));
        Assert.Equal("one", await source.TextAsync());
        source.Answer = http =>
        {
            http.Response.StatusCode = 503;
            return Task.CompletedTask;
        };
        for (var i = 0; i < 3; i++)
            Assert.Equal("one", await source.TextAsync());
        Assert.Equal(2, source.Asked.Count);
        Assert.Equal(3, source.Cache.Statistics.ServedUnvalidated);
        source.Time.Advance(TimeSpan.FromSeconds(30));
        source.Answer = CachedSource.Tagged("two", "\"2\"");
        Assert.Equal("two", await source.TextAsync());
    }

    [Fact]
    public async Task A_source_that_is_silent_about_a_kept_file_is_not_waited_for_longer_than_the_options_say()
    {
        await using var source = await CachedSource.StartAsync(CachedSource.Tagged("one", "\"1\""));
        Assert.Equal("one", await source.TextAsync());
        var (asked, ended) = (new TaskCompletionSource(), new TaskCompletionSource());
        source.Answer = http =>
        {
            asked.SetResult();
            return ended.Task;
        };
        var waiting = source.TextAsync();
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(30));
        source.Time.Advance(TimeSpan.FromSeconds(2.9));
        Assert.False(waiting.IsCompleted);
        source.Time.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Equal("one", await waiting.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Contains("no answer in time", source.Cache.Statistics.LastUnreachable, StringComparison.Ordinal);
        ended.SetResult();
    }

    [Fact]
    public async Task Without_a_kept_file_an_answer_has_the_time_of_the_transport_s_options()
    {
        var (asked, ended) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var source = await CachedSource.StartAsync(http =>
        {
            asked.SetResult();
            return ended.Task;
        });
        using var transport = source.Transport(options: new() { RequestTimeout = TimeSpan.FromSeconds(30) });
        var waiting = transport.FetchAsync(source.Address + "a.glb", null, CancellationToken.None);
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(30));
        source.Time.Advance(TimeSpan.FromSeconds(29));
        Assert.False(waiting.IsCompleted);
        source.Time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(FetchStatus.TimedOut, (await waiting.WaitAsync(TimeSpan.FromSeconds(30))).Status);
        ended.SetResult();
    }

    [Fact]
    public async Task A_file_that_is_too_long_on_its_way_is_given_up_where_the_options_say_how_long()
    {
        var (begun, ended) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var source = await CachedSource.StartAsync(async http =>
        {
            await http.Response.WriteAsync("a beginning");
            await http.Response.Body.FlushAsync();
            begun.SetResult();
            await ended.Task;
        });
        using var transport = source.Transport(options: new() { ResourceTimeout = TimeSpan.FromSeconds(300) });
        transport.Start(new(1, 0, source.Address + "a.glb", ContentFamily.Mesh, ContentFormat.Unknown));
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await source.Arrivals.NextAsync(InboxKind.Headers);
        source.Time.Advance(TimeSpan.FromSeconds(301));
        var failed = await source.Arrivals.NextAsync(InboxKind.Fetched);
        Assert.Equal(FetchStatus.TimedOut, failed.Status);
        Assert.Contains("was not here after 300 s", failed.Error, StringComparison.Ordinal);
        Assert.Empty(source.Entries());
        ended.SetResult();
    }

    [Fact]
    public async Task A_slow_file_has_the_time_that_the_streamer_gives_it_however_long_it_takes()
    {
        var (asked, begin, begun, end) = (new TaskCompletionSource(), new TaskCompletionSource(), new TaskCompletionSource(), new TaskCompletionSource());
        await using var source = await CachedSource.StartAsync(async http =>
        {
            asked.SetResult();
            await begin.Task;
            await http.Response.WriteAsync("a beginning");
            await http.Response.Body.FlushAsync();
            begun.SetResult();
            await end.Task;
            await http.Response.WriteAsync(" and an end");
        });
        var waiting = source.TextAsync();
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(30));
        source.Time.Advance(TimeSpan.FromMinutes(10));
        begin.SetResult();
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(30));
        source.Time.Advance(TimeSpan.FromMinutes(10));
        end.SetResult();
        Assert.Equal("a beginning and an end", await waiting.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task A_damaged_entry_is_dropped_and_fetched_anew()
    {
        await using var source = await CachedSource.StartAsync(CachedSource.Tagged("one", "\"1\"", "max-age=60"));
        Assert.Equal("one", await source.TextAsync());
        var entry = Assert.Single(source.Entries()).FullName;
        var good = await File.ReadAllBytesAsync(entry);
        var asked = 1;
        List<byte[]> damages = [[], good[..^1], good[1..], [.. good, 0], good[..3], new byte[good.Length]];
        foreach (var place in new[] { 0, 2, 10, good.Length - 57, good.Length - 56, good.Length - 45, good.Length - 33, good.Length - 1 })
            damages.Add([.. good[..place], (byte)(good[place] ^ 4), .. good[(place + 1)..]]);
        foreach (var damaged in damages)
        {
            await File.WriteAllBytesAsync(entry, damaged);
            Assert.Equal("one", await source.TextAsync());
            Assert.Equal(++asked, source.Asked.Count);
        }
        Assert.All(source.Asked, line => Assert.Equal("/a.glb", line)); // nothing of a damaged entry is believed, its tag neither
        Assert.Equal(damages.Count, source.Cache.Statistics.Damaged);
        Assert.Equal("one", await source.TextAsync());
        Assert.Equal(asked, source.Asked.Count);
    }

    [Fact]
    public async Task An_entry_under_another_s_name_is_not_taken_for_it()
    {
        await using var source = await CachedSource.StartAsync(http => CachedSource.Tagged("is " + http.Request.Path, "\"1\"", "max-age=60")(http));
        Assert.Equal("is /a.glb", await source.TextAsync());
        var a = Assert.Single(source.Entries()).FullName;
        Assert.Equal("is /b.glb", await source.TextAsync("b.glb"));
        var b = source.Entries().Single(file => file.FullName != a).FullName;
        File.Copy(a, b, overwrite: true);
        Assert.Equal("is /b.glb", await source.TextAsync("b.glb"));
        Assert.Equal(1, source.Cache.Statistics.Damaged);
    }

    [Fact]
    public async Task A_full_disk_costs_nothing_but_the_entry_and_the_statistics_say_why()
    {
        if (!OperatingSystem.IsLinux())
            return; // /dev/full is Linux's

        await using var source = await CachedSource.StartAsync(CachedSource.Tagged("one", "\"1\"", "max-age=60"), openPartial: _ => new("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, 1));
        for (var i = 0; i < 2; i++)
            Assert.Equal("one", await source.TextAsync());
        Assert.Equal(2, source.Asked.Count);
        Assert.Equal((0, 2), (source.Cache.Statistics.Stored, source.Cache.Statistics.StoreFailures));
        Assert.Contains("No space left", source.Cache.Statistics.LastFailure, StringComparison.Ordinal);
        Assert.Empty(source.Entries());
    }

    [Fact]
    public async Task When_a_newer_file_cannot_be_written_the_older_one_goes()
    {
        await using var source = await CachedSource.StartAsync(CachedSource.Tagged("one", "\"1\""));
        Assert.Equal("one", await source.TextAsync());
        source.Answer = CachedSource.Tagged("two", "\"2\"");
        var full = source.Open(openPartial: _ => throw new IOException("the disk is full"));
        Assert.Equal("two", await source.TextAsync(cache: full));
        Assert.Empty(source.Entries());
    }

    [Fact]
    public async Task A_folder_that_cannot_be_made_costs_nothing_but_the_cache()
    {
        await using var source = await CachedSource.StartAsync(CachedSource.Tagged("one", "\"1\"", "max-age=60"));
        var file = Path.Combine(source.Folder, "file");
        await File.WriteAllTextAsync(file, "in the way");
        var blocked = source.Open(options => options with { Folder = Path.Combine(file, "cache") });
        Assert.Equal("one", await source.TextAsync(cache: blocked));
        Assert.NotNull(blocked.Statistics.LastFailure);
        Assert.Equal(1, blocked.Statistics.StoreFailures);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_file_that_was_cut_short_leaves_nothing(bool announced)
    {
        await using var source = await CachedSource.StartAsync(async http =>
        {
            http.Response.Headers.ETag = "\"1\"";
            if (announced)
                http.Response.ContentLength = 1000;
            await http.Response.Body.WriteAsync(new byte[400]);
            await http.Response.Body.FlushAsync();
            http.Abort();
        });
        Assert.NotEqual(FetchStatus.Ok, (await source.FetchAsync()).Status);
        Assert.Empty(source.Entries());
        Assert.Empty(Directory.GetFiles(Path.Combine(source.Folder, "partial")));
    }

    [Fact]
    public async Task A_file_whose_end_is_the_connection_s_end_is_not_kept_because_nobody_knows_whether_it_is_whole()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = Task.Run(async () =>
        {
            using var connection = await listener.AcceptTcpClientAsync();
            var stream = connection.GetStream();
            await stream.ReadAtLeastAsync(new byte[1024], 1);
            await stream.WriteAsync("HTTP/1.1 200 OK\r\nETag: \"1\"\r\nCache-Control: max-age=60\r\nConnection: close\r\n\r\none"u8.ToArray());
        });
        await using var source = await CachedSource.StartAsync(_ => Task.CompletedTask);
        using var transport = source.Transport();
        var outcome = await transport.FetchAsync($"http://{listener.LocalEndpoint}/a.glb", null, CancellationToken.None);
        await serving;
        Assert.Equal(FetchStatus.Ok, outcome.Status);
        Assert.Empty(source.Entries());
    }

    [Fact]
    public async Task A_cancelled_request_leaves_nothing_and_ends_at_the_source_too()
    {
        var (begun, aborted) = (new TaskCompletionSource(), new TaskCompletionSource());
        await using var source = await CachedSource.StartAsync(async http =>
        {
            http.RequestAborted.Register(aborted.SetResult);
            http.Response.Headers.ETag = "\"1\"";
            await http.Response.Body.WriteAsync(new byte[400]);
            await http.Response.Body.FlushAsync();
            begun.SetResult();
            await aborted.Task;
        });
        using var transport = source.Transport();
        transport.Start(new(1, 0, source.Address + "a.glb", ContentFamily.Mesh, ContentFormat.Unknown));
        await begun.Task.WaitAsync(TimeSpan.FromSeconds(30));
        transport.Cancel(1, CancelReason.NoLongerWanted);
        await aborted.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Empty(source.Entries());

        // The next who asks does not join what was called off.
        source.Answer = CachedSource.Tagged("one", "\"1\"");
        var next = source.TextAsync();
        while (!next.IsCompleted)
        {
            // The turn to fetch it may not have ended yet, and is looked at again after a while.
            if (source.Time.WaitingWithin(TimeSpan.FromMilliseconds(25)) > 0)
                source.Time.Advance(TimeSpan.FromMilliseconds(25));
            await Task.Yield();
        }
        Assert.Equal("one", await next);
    }

    [Theory]
    [InlineData(nameof(DiskCacheOptions.QuotaBytes))]
    [InlineData(nameof(DiskCacheOptions.EvictDownTo))]
    [InlineData(nameof(DiskCacheOptions.LargestEntry))]
    [InlineData(nameof(DiskCacheOptions.Folder))]
    [InlineData(nameof(DiskCacheOptions.RevalidationTimeout))]
    [InlineData(nameof(DiskCacheOptions.UnreachableFor))]
    [InlineData(nameof(DiskCacheOptions.OtherProcessWait))]
    [InlineData(nameof(DiskCacheOptions.ParallelFiles))]
    public void A_bad_option_is_refused_by_its_name(string option)
    {
        var good = new DiskCacheOptions { Folder = Path.GetTempPath() };
        var bad = option switch
        {
            nameof(DiskCacheOptions.QuotaBytes) => good with { QuotaBytes = 0 },
            nameof(DiskCacheOptions.EvictDownTo) => good with { EvictDownTo = double.NaN },
            nameof(DiskCacheOptions.LargestEntry) => good with { LargestEntry = 1.1 },
            nameof(DiskCacheOptions.Folder) => good with { Folder = " " },
            nameof(DiskCacheOptions.RevalidationTimeout) => good with { RevalidationTimeout = TimeSpan.Zero },
            nameof(DiskCacheOptions.UnreachableFor) => good with { UnreachableFor = TimeSpan.FromSeconds(-1) },
            nameof(DiskCacheOptions.OtherProcessWait) => good with { OtherProcessWait = TimeSpan.FromSeconds(-1) },
            _ => good with { ParallelFiles = 0 },
        };
        var refused = Assert.Throws<ArgumentException>(() => new DiskCache(bad));
        Assert.Contains($"DiskCacheOptions.{option} ", refused.Message, StringComparison.Ordinal);
    }
}
