using Lodestream.Scene;
using Lodestream.Streaming;
using Lodestream.Transport.Caching;
using Microsoft.AspNetCore.Http;

namespace Lodestream.Transport.Tests.Caching;

/// <summary>What is asked of the source, and what is handed out, by what the source said about it.</summary>
public sealed class CachingTransportTests
{
    [Fact]
    public async Task A_file_with_a_lifetime_is_not_asked_for_again_while_it_lasts()
    {
        await using var source = await CachedSource.StartAsync(CachedSource.Tagged("one", "\"1\"", "max-age=60"));
        Assert.Equal("one", await source.TextAsync());
        source.Time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal("one", await source.TextAsync());
        Assert.Equal(["/a.glb"], source.Asked);
        source.Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("one", await source.TextAsync());
        Assert.Equal(["/a.glb", "/a.glb \"1\""], source.Asked);

        // What the source vouched for again is fresh again.
        source.Time.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal("one", await source.TextAsync());
        Assert.Equal(2, source.Asked.Count);
        var did = source.Cache.Statistics;
        Assert.Equal((2, 1, 1, 9), (did.Hits, did.Revalidated, did.Misses, did.BytesFromCache));
    }

    [Fact]
    public async Task A_file_of_a_version_that_never_changes_is_not_asked_for_again()
    {
        await using var source = await CachedSource.StartAsync(CachedSource.Tagged("one", "\"1\"", "public, max-age=31536000, immutable"));
        Assert.Equal("one", await source.TextAsync());
        source.Time.Advance(TimeSpan.FromDays(300));
        Assert.Equal("one", await source.TextAsync(cache: source.Open()));
        Assert.Equal(["/a.glb"], source.Asked);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("no-cache")]
    [InlineData("max-age=0")]
    public async Task A_file_without_a_lifetime_is_asked_about_each_time_and_comes_once(string? caching)
    {
        await using var source = await CachedSource.StartAsync(CachedSource.Tagged("one", "\"1\"", caching));
        for (var i = 0; i < 3; i++)
            Assert.Equal("one", await source.TextAsync());
        Assert.Equal(["/a.glb", "/a.glb \"1\"", "/a.glb \"1\""], source.Asked);
        Assert.Equal((1, 2), (source.Cache.Statistics.Misses, source.Cache.Statistics.Revalidated));
    }

    [Fact]
    public async Task A_file_that_has_changed_comes_anew_and_takes_the_old_one_s_place()
    {
        await using var source = await CachedSource.StartAsync(CachedSource.Tagged("one", "\"1\"", "no-cache"));
        Assert.Equal("one", await source.TextAsync());
        source.Answer = CachedSource.Tagged("two!", "\"2\"", "max-age=60");
        Assert.Equal("two!", await source.TextAsync());
        Assert.Equal("two!", await source.TextAsync(cache: source.Open()));
        Assert.Equal(["/a.glb", "/a.glb \"1\""], source.Asked);
        Assert.Single(source.Entries());
    }

    [Fact]
    public async Task A_source_that_knows_dates_alone_is_asked_by_date()
    {
        const string date = "Sat, 01 Mar 2025 12:00:30 GMT";
        await using var source = await CachedSource.StartAsync(http =>
        {
            http.Response.Headers.LastModified = date;
            http.Response.StatusCode = http.Request.Headers.IfModifiedSince == date ? 304 : 200;
            return http.Response.StatusCode == 304 ? Task.CompletedTask : http.Response.WriteAsync("one");
        });
        Assert.Equal("one", await source.TextAsync());
        Assert.Equal("one", await source.TextAsync());
        Assert.Equal(["/a.glb", "/a.glb " + date], source.Asked);
    }

    [Fact]
    public async Task An_entity_tag_without_its_quotation_marks_is_sent_back_as_it_came()
    {
        await using var source = await CachedSource.StartAsync(CachedSource.Tagged("one", "abc"));
        Assert.Equal("one", await source.TextAsync());
        Assert.Equal("one", await source.TextAsync());
        Assert.Equal(["/a.glb", "/a.glb abc"], source.Asked);
    }

    [Theory]
    [InlineData("no-store")]
    [InlineData("no-store, max-age=60")]
    public async Task What_must_not_be_kept_is_not_kept_and_what_was_kept_goes(string caching)
    {
        await using var source = await CachedSource.StartAsync(CachedSource.Tagged("one", "\"1\"", "no-cache"));
        Assert.Equal("one", await source.TextAsync());
        Assert.Single(source.Entries());
        source.Answer = CachedSource.Tagged("two", "\"2\"", caching);
        Assert.Equal("two", await source.TextAsync());
        Assert.Empty(source.Entries());
        Assert.Equal("two", await source.TextAsync());
        Assert.Equal((1, 2), (source.Cache.Statistics.Stored, source.Cache.Statistics.NotStored));
        Assert.Equal(["/a.glb", "/a.glb \"1\"", "/a.glb"], source.Asked);
    }

    [Theory]
    [InlineData("Vary", "*")]
    [InlineData("X-Nothing", "to ask about later")]
    public async Task What_could_never_be_handed_out_is_not_kept(string header, string value)
    {
        await using var source = await CachedSource.StartAsync(http =>
        {
            if (header == "Vary")
                http.Response.Headers.ETag = "\"1\"";
            http.Response.Headers[header] = value;
            return http.Response.WriteAsync("one");
        });
        Assert.Equal("one", await source.TextAsync());
        Assert.Empty(source.Entries());
    }

    [Fact]
    public async Task Age_on_the_way_counts_and_Expires_stands_in_for_max_age()
    {
        await using var source = await CachedSource.StartAsync(http =>
        {
            http.Response.Headers.ETag = "\"1\"";
            if (http.Request.Path == "/aged")
                (http.Response.Headers.CacheControl, http.Response.Headers.Age) = ("max-age=60", "50");
            else
                (http.Response.Headers.Date, http.Response.Headers.Expires) = ("Tue, 01 Jan 2030 00:00:00 GMT", "Tue, 01 Jan 2030 00:00:20 GMT");
            http.Response.StatusCode = http.Request.Headers.IfNoneMatch.Count > 0 ? 304 : 200;
            return Task.CompletedTask;
        });
        await source.TextAsync("aged");
        await source.TextAsync("expires");
        source.Time.Advance(TimeSpan.FromSeconds(9));
        await source.TextAsync("aged");
        await source.TextAsync("expires");
        Assert.Equal(2, source.Asked.Count);
        source.Time.Advance(TimeSpan.FromSeconds(2));
        await source.TextAsync("aged");
        await source.TextAsync("expires");
        Assert.Equal(["/aged", "/expires", "/aged \"1\""], source.Asked);
    }

    [Fact]
    public async Task What_was_found_elsewhere_is_asked_for_where_it_was_found_each_time()
    {
        await using var source = await CachedSource.StartAsync(http =>
        {
            var text = http.Request.Path == "/v1/a.glb" ? "one" : http.Request.Path == "/v2/a.glb" ? "two" : null;
            if (text is not null)
                return CachedSource.Tagged(text, "\"same\"", "max-age=31536000, immutable")(http);
            http.Response.Redirect(http.Request.Query.ContainsKey("x") ? "/v2/a.glb" : "/v1/a.glb");
            return Task.CompletedTask;
        });
        Assert.Equal("one", await source.TextAsync());
        Assert.Equal("one", await source.TextAsync());
        Assert.Equal(["/a.glb", "/v1/a.glb", "/a.glb", "/v1/a.glb \"same\""], source.Asked);

        // Another place is not told of a tag that is not its own: it might have the same one for other bytes.
        source.Answer = http =>
        {
            if (http.Request.Path == "/v2/a.glb")
                return CachedSource.Tagged("two", "\"same\"")(http);
            http.Response.Redirect("/v2/a.glb");
            return Task.CompletedTask;
        };
        Assert.Equal("two", await source.TextAsync());
    }

    [Fact]
    public async Task A_newer_version_that_was_announced_is_asked_of_the_source_and_kept_instead()
    {
        await using var source = await CachedSource.StartAsync(CachedSource.Tagged("one", "\"1\"", "max-age=31536000, immutable"));
        Assert.Equal("one", await source.TextAsync());
        source.Answer = CachedSource.Tagged("two", "\"2\"", "max-age=31536000, immutable");
        Assert.Equal("one", await source.TextAsync());
        Assert.Equal("two", await source.TextAsync(newest: true));
        Assert.Equal("two", await source.TextAsync());
        Assert.Equal(["/a.glb", "/a.glb"], source.Asked);
    }

    [Fact]
    public async Task A_newer_version_that_was_announced_and_did_not_come_leaves_nothing_that_is_taken_for_fresh()
    {
        await using var source = await CachedSource.StartAsync(CachedSource.Tagged("one", "\"1\"", "max-age=31536000, immutable"));
        Assert.Equal("one", await source.TextAsync());
        source.Answer = http =>
        {
            http.Response.StatusCode = 503;
            return Task.CompletedTask;
        };
        Assert.Equal(503, (await source.FetchAsync(newest: true)).HttpStatus);
        source.Answer = CachedSource.Tagged("two", "\"2\"");
        source.Time.Advance(TimeSpan.FromSeconds(31));
        Assert.Equal("two", await source.TextAsync());
    }

    [Fact]
    public async Task Absent_files_are_not_kept_and_what_is_gone_goes_from_the_cache()
    {
        await using var source = await CachedSource.StartAsync(CachedSource.Tagged("one", "\"1\""));
        Assert.Equal("one", await source.TextAsync());
        source.Answer = http =>
        {
            http.Response.StatusCode = 404;
            return Task.CompletedTask;
        };
        Assert.Equal(FetchStatus.NotFound, (await source.FetchAsync()).Status);
        Assert.Empty(source.Entries());
    }

    [Fact]
    public async Task A_hit_is_announced_and_answered_as_a_fetch_is()
    {
        await using var source = await CachedSource.StartAsync(CachedSource.Tagged("one", "\"1\"", "max-age=60"));
        await source.TextAsync();
        using var transport = source.Transport();
        transport.Start(new(77, 0, source.Address + "a.glb", ContentFamily.Mesh, ContentFormat.Unknown));
        var headers = await source.Arrivals.NextAsync(InboxKind.Headers);
        Assert.Equal((77L, 3L), (headers.Id, headers.Bytes));
        var fetched = await source.Arrivals.NextAsync(InboxKind.Fetched);
        Assert.Equal((77L, FetchStatus.Ok, 3L), (fetched.Id, fetched.Status, fetched.Bytes));
    }

    [Fact]
    public async Task A_query_names_another_file_and_neither_it_nor_a_password_can_be_read_from_the_folder()
    {
        await using var source = await CachedSource.StartAsync(http => CachedSource.Tagged("is " + http.Request.Query["token"], "\"1\"", "max-age=60")(http));
        Assert.Equal("is sesame", await source.TextAsync("a.glb?token=sesame#part"));
        Assert.Equal("is other", await source.TextAsync("a.glb?token=other"));
        Assert.Equal("is sesame", await source.TextAsync("a.glb?token=sesame"));
        Assert.Equal(2, source.Asked.Count);
        foreach (var entry in source.Entries())
        {
            var text = System.Text.Encoding.Latin1.GetString(await File.ReadAllBytesAsync(entry.FullName));
            Assert.Contains("/a.glb", text, StringComparison.Ordinal);
            Assert.DoesNotContain("token", text, StringComparison.Ordinal);
        }
        Assert.Equal("http://example.org/a%20b", EntryFacts.AddressOf(new("http://user:secret@example.org/a b?x=1#y")));
    }

    [Fact]
    public async Task Who_asks_with_other_credentials_gets_nothing_that_was_kept_for_another()
    {
        await using var source = await CachedSource.StartAsync(http => CachedSource.Tagged("for " + http.Request.Headers.Authorization, "\"1\"", "max-age=60")(http));
        foreach (var who in new[] { "Bearer a", "Bearer b", "Bearer a" })
        {
            using var client = HttpTransport.CreateClient();
            client.DefaultRequestHeaders.Add("Authorization", who);
            using var transport = new CachingTransport(new(client, source.Arrivals.Inbox, time: source.Time), source.Cache, source.Arrivals.Inbox, source.Time);
            var outcome = await transport.FetchAsync(source.Address + "a.glb", null, CancellationToken.None);
            Assert.Equal("for " + who, System.Text.Encoding.UTF8.GetString(outcome.Bytes!));
        }
        Assert.Equal(2, source.Asked.Count);
    }

    [Fact]
    public async Task What_a_transport_refuses_it_does_not_take_from_the_cache_either()
    {
        await using var source = await CachedSource.StartAsync(_ => Task.CompletedTask);
        var key = CacheKey.Of("http://192.0.2.1/a.glb", null);
        var facts = new EntryFacts { Key = key.Hex, Address = "http://192.0.2.1/a.glb", AnsweredBy = key.Hex, VouchedAt = source.Time.GetUtcNow().UtcTicks, Lifetime = TimeSpan.FromHours(1).Ticks };
        await source.Cache.WriteAsync(key, facts, new byte[] { 1 });
        using var strict = source.Transport();
        Assert.Equal(FetchStatus.Refused, (await strict.FetchAsync("http://192.0.2.1/a.glb", null, CancellationToken.None)).Status);
        using var lenient = source.Transport(options: new() { AllowPlainHttp = true });
        Assert.Equal(FetchStatus.Ok, (await lenient.FetchAsync("http://192.0.2.1/a.glb", null, CancellationToken.None)).Status);
    }
}
