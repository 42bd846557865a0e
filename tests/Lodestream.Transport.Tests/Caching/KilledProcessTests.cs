using System.Diagnostics;
using System.Globalization;
using Lodestream.Transport.Caching;

namespace Lodestream.Transport.Tests.Caching;

/// <summary>Processes that share a cache, and are killed while they write it.</summary>
public sealed class KilledProcessTests : IDisposable
{
    private const int Rounds = 10;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("lodestream-killed-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Whenever_processes_that_write_are_killed_every_entry_is_whole_and_its_own()
    {
        // Which moments are met differs from run to run: that is what the rounds are for.
        var random = new Random(20);
        var (entries, read) = (0, 0);
        for (var round = 0; round < Rounds; round++)
        {
            using var cache = CacheWriter.Open(_folder.FullName);
            using var one = Start(2 * round);
            using var two = Start((2 * round) + 1);
            for (var lines = random.Next(1, 6); lines > 0; lines--)
            {
                // Meanwhile this process reads what those write, replace and evict.
                var line = one.StandardOutput.ReadLineAsync();
                while (!line.IsCompleted)
                    read += await ReadAllAsync(cache);
                if (await line is null)
                    Assert.Fail(await one.StandardError.ReadToEndAsync());
            }
            one.Kill();
            two.Kill();
            await one.WaitForExitAsync();
            await two.WaitForExitAsync();
            Assert.Equal("", await one.StandardError.ReadToEndAsync() + await two.StandardError.ReadToEndAsync());

            var held = await cache.ListAsync(verify: true);
            Assert.Equal(0, held.Damaged);
            entries += held.Entries;
            await ReadAllAsync(cache);
            Assert.Equal(0, cache.Statistics.Damaged);
        }
        Assert.True(entries > Rounds && read > 0, $"{entries} entries were there, {read} were read: nothing was tested");

        // What they left behind, index or none, is a cache like any other.
        using var after = CacheWriter.Open(_folder.FullName);
        await after.SweepAsync();
        Assert.InRange((await after.ListAsync()).Bytes, 1, CacheWriter.Quota);
    }

    private static async Task<int> ReadAllAsync(DiskCache cache)
    {
        var read = 0;
        for (var i = 0; i < CacheWriter.Keys; i++)
        {
            if (await cache.ReadAsync(CacheWriter.Key(i), CancellationToken.None) is not { } entry)
                continue;
            read++;
            Assert.True(CacheWriter.IsWhole(entry.Body));
            Assert.Equal(i, CacheWriter.NumberOf(entry.Body));
        }
        Assert.True(cache.Statistics.Damaged == 0, cache.Statistics.LastFailure);
        return read;
    }

    private Process Start(int seed)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var arg in new[] { typeof(CacheWriter).Assembly.Location, "write-cache", _folder.FullName, seed.ToString(CultureInfo.InvariantCulture) })
            start.ArgumentList.Add(arg);
        return Process.Start(start)!;
    }
}
