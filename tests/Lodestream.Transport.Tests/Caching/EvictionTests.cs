using Lodestream.Transport.Caching;

namespace Lodestream.Transport.Tests.Caching;

/// <summary>What goes when the quota is exceeded, and how the cache knows that it is.</summary>
public sealed class EvictionTests : IDisposable
{
    private const int Body = 10_000;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("lodestream-evict-");
    private readonly ManualTime _time = new();

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task The_longest_unused_go_until_three_quarters_of_the_quota_are_left()
    {
        using var cache = Open(entries: 8);
        for (var i = 0; i < 8; i++)
            await WriteAsync(cache, i);
        await cache.SweptAsync();
        Assert.Equal(0, cache.Statistics.Evicted);

        // A use makes young, whatever the order of writing.
        Assert.NotNull(await cache.ReadAsync(Key(0), CancellationToken.None));
        Assert.NotNull(await cache.ReadAsync(Key(2), CancellationToken.None));
        await WriteAsync(cache, 8);
        await cache.SweptAsync();
        Assert.Equal([0, 2, 5, 6, 7, 8], Kept());
        Assert.Equal(3, cache.Statistics.Evicted);
        Assert.InRange((await cache.ListAsync()).Bytes, 1, cache.Options.QuotaBytes * 3 / 4);
    }

    [Fact]
    public async Task Uses_by_another_process_count()
    {
        using var cache = Open(entries: 8);
        for (var i = 0; i < 8; i++)
            await WriteAsync(cache, i);
        using (var other = Open(entries: 8))
            Assert.NotNull(await other.ReadAsync(Key(0), CancellationToken.None));
        await WriteAsync(cache, 8);
        await cache.SweptAsync();
        Assert.Equal([0, 4, 5, 6, 7, 8], Kept());
    }

    [Fact]
    public async Task What_two_processes_write_is_counted_together()
    {
        using var one = Open(entries: 40);
        using var two = Open(entries: 40);
        for (var i = 0; i < 30; i++)
        {
            await WriteAsync(one, 2 * i);
            await one.SweptAsync();
            await WriteAsync(two, (2 * i) + 1);
            await two.SweptAsync();

            // What each may miss of the other is what it writes between two looks, a sixteenth of the quota, and the file that tips it.
            var bytes = (await one.ListAsync()).Bytes;
            Assert.InRange(bytes, 0, (long)(one.Options.QuotaBytes * (1 + (2.0 / 16))) + (2 * Body));
        }
        Assert.True(one.Statistics.Evicted + two.Statistics.Evicted > 0);
    }

    [Fact]
    public async Task A_file_of_more_than_a_quarter_of_the_quota_is_not_kept_and_pushes_nothing_out()
    {
        using var cache = Open(entries: 8);
        await WriteAsync(cache, 0);
        Assert.False(await cache.WriteAsync(Key(1), Facts(1), new byte[(3 * Body)]));
        Assert.Equal(1, cache.Statistics.NotStored);
        Assert.Equal([0], Kept());
    }

    [Fact]
    public async Task An_index_spares_the_looking_and_one_that_is_lost_or_damaged_is_made_again_from_the_files()
    {
        using (var cache = Open(entries: 8))
        {
            for (var i = 0; i < 8; i++)
                await WriteAsync(cache, i);
            await cache.SweptAsync();
        }
        var index = Path.Combine(_folder.FullName, "index");
        Assert.True(File.Exists(index));

        // As if all of it were of yesterday: what was written within the last seconds is looked at in any case.
        var yesterday = File.GetLastWriteTimeUtc(index).AddDays(-1);
        foreach (var shard in Directory.GetDirectories(Path.Combine(_folder.FullName, "entries")))
            Directory.SetLastWriteTimeUtc(shard, yesterday);
        using (var cache = Open(entries: 8))
            await cache.SweepAsync();
        var good = await File.ReadAllBytesAsync(index);
        using (var cache = Open(entries: 8))
        {
            await WriteAsync(cache, 8);
            await cache.SweptAsync();
            Assert.Equal(3, cache.Statistics.Evicted);
            Assert.InRange(cache.ShardsListed, 1, 5); // the one that was written to, twice, and those evicted from
        }
        await WriteAllAgainAsync();

        foreach (var damaged in new byte[]?[] { null, [], good[..^1], [.. good[..20], (byte)(good[20] ^ 1), .. good[21..]], new byte[good.Length] })
        {
            File.Delete(index);
            if (damaged is not null)
                await File.WriteAllBytesAsync(index, damaged);
            using (var cache = Open(entries: 8))
            {
                await WriteAsync(cache, 8);
                await cache.SweptAsync();
                Assert.Equal(3, cache.Statistics.Evicted);
            }
            await WriteAllAgainAsync();
        }
    }

    [Fact]
    public async Task An_index_that_lags_behind_the_files_misleads_nobody()
    {
        using (var cache = Open(entries: 8))
        {
            await WriteAsync(cache, 0);
            await cache.SweepAsync();
        }
        var index = Path.Combine(_folder.FullName, "index");
        var early = await File.ReadAllBytesAsync(index);
        await WriteAllAgainAsync();
        await File.WriteAllBytesAsync(index, early); // of a process that was killed before it wrote another
        using (var cache = Open(entries: 8))
        {
            await WriteAsync(cache, 8);
            await cache.SweptAsync();
            Assert.Equal(3, cache.Statistics.Evicted);
        }
    }

    [Fact]
    public async Task What_killed_processes_left_goes_once_it_is_old_and_nobody_has_it_open()
    {
        using var cache = Open(entries: 8);
        await WriteAsync(cache, 0);
        var (abandoned, inUse, young, locked) = (Partial("abandoned"), Partial("in use"), Partial("young"), Path.Combine(_folder.FullName, "locks", "0"));
        foreach (var file in new[] { abandoned, inUse, young, locked })
            await File.WriteAllTextAsync(file, "half");
        var writing = new FileStream(inUse, FileMode.Open, FileAccess.Write, FileShare.None);
        foreach (var file in new[] { abandoned, inUse, locked })
            File.SetLastWriteTimeUtc(file, File.GetLastWriteTimeUtc(young).AddMinutes(-11));
        await cache.SweepAsync();
        Assert.False(File.Exists(abandoned));
        Assert.False(File.Exists(locked));
        Assert.True(File.Exists(inUse));
        Assert.True(File.Exists(young));
        await writing.DisposeAsync();

        string Partial(string name) => Path.Combine(_folder.FullName, "partial", name);
    }

    [Fact]
    public async Task Only_one_process_sweeps_at_a_time()
    {
        using var cache = Open(entries: 8);
        await WriteAsync(cache, 0);
        using (new FileStream(Path.Combine(_folder.FullName, "sweep.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None))
            Assert.Null(await cache.SweepAsync());
        Assert.Equal(0, await cache.SweepAsync());
    }

    [Fact]
    public async Task Entries_below_an_address_are_cleared_and_others_stay()
    {
        using var cache = Open(entries: 8);
        foreach (var (i, address) in new[] { "http://127.0.0.1/a/tileset.json", "http://127.0.0.1/a/b/c.glb", "http://127.0.0.1/ab.glb" }.Index())
            await cache.WriteAsync(Key(i), Facts(i) with { Address = address }, new byte[Body]);
        var (entries, bytes) = await cache.ClearAsync("http://127.0.0.1/a/");
        Assert.Equal(2, entries);
        Assert.InRange(bytes, 2 * Body, 2 * (Body + 1000));
        Assert.Equal([2], Kept());
        Assert.Equal(1, (await cache.ClearAsync()).Entries);
        var held = await cache.ListAsync();
        Assert.Equal((0, 0), (held.Entries, held.Bytes));
    }

    [Fact]
    public async Task What_is_held_is_told_by_origin_and_damage_is_found_by_reading_all()
    {
        using var cache = Open(entries: 8);
        await cache.WriteAsync(Key(0), Facts(0), new byte[Body]);
        await cache.WriteAsync(Key(1), Facts(1), new byte[Body]);
        await cache.WriteAsync(Key(2), Facts(2) with { Address = "https://other.example:444/x" }, new byte[5]);
        var path = Files().Single(file => file.Name == Key(1).Hex).FullName;
        var bytes = await File.ReadAllBytesAsync(path);
        bytes[17] ^= 1;
        await File.WriteAllBytesAsync(path, bytes);
        var held = await cache.ListAsync();
        Assert.Equal((3, 0), (held.Entries, held.Damaged));
        Assert.Equal(["http://127.0.0.1", "https://other.example:444"], held.Origins.Select(origin => origin.Origin));
        Assert.Equal([2, 1], held.Origins.Select(origin => origin.Entries));
        Assert.Equal(Files().Sum(file => file.Length), held.Bytes);
        Assert.Equal(1, (await cache.ListAsync(verify: true)).Damaged);
    }

    private DiskCache Open(int entries) => new(new() { Folder = _folder.FullName, QuotaBytes = entries * (Body + 500), LargestEntry = 0.25 }, _time);

    private async Task WriteAsync(DiskCache cache, int i)
    {
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.True(await cache.WriteAsync(Key(i), Facts(i), new byte[Body]));
    }

    // Eight entries, written by a process that was never told of the quota.
    private async Task WriteAllAgainAsync()
    {
        var index = Path.Combine(_folder.FullName, "index");
        var kept = File.Exists(index) ? await File.ReadAllBytesAsync(index) : null;
        using var roomy = Open(entries: 1000);
        await roomy.ClearAsync();
        for (var i = 0; i < 8; i++)
            await WriteAsync(roomy, i);
        await roomy.SweptAsync();
        roomy.Dispose();
        if (kept is not null)
            await File.WriteAllBytesAsync(index, kept);
    }

    private IReadOnlyList<FileInfo> Files() => [.. new DirectoryInfo(Path.Combine(_folder.FullName, "entries")).EnumerateFiles("*", SearchOption.AllDirectories)];

    private int[] Kept()
    {
        var names = Files().Select(file => file.Name).ToHashSet();
        return [.. Enumerable.Range(0, 100).Where(i => names.Contains(Key(i).Hex))];
    }

    private static CacheKey Key(int i) => CacheKey.Of(FormattableString.Invariant($"http://127.0.0.1/{i}"), null);

    private static EntryFacts Facts(int i) => new() { Key = Key(i).Hex, Address = FormattableString.Invariant($"http://127.0.0.1/{i}"), AnsweredBy = Key(i).Hex };
}
