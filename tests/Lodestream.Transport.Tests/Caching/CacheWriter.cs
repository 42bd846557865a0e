using System.Buffers.Binary;
using System.Globalization;
using Lodestream.Transport.Caching;

namespace Lodestream.Transport.Tests.Caching;

/// <summary>A process that writes a cache until it is killed. Its bodies say themselves whether they are whole and whose they are.</summary>
internal static class CacheWriter
{
    public const int Keys = 40;
    public const long Quota = 6_000_000;

    public static CacheKey Key(int i) => CacheKey.Of(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1/{i}"), null);

    public static DiskCache Open(string folder) => new(new() { Folder = folder, QuotaBytes = Quota });

    /// <summary>Writes for ever, and says so now and then.</summary>
    public static async Task<int> RunAsync(string folder, int seed)
    {
        using var cache = Open(folder);
        var random = new Random(seed);
        for (var written = 1; ; written++)
        {
            var i = random.Next(Keys);
            var key = Key(i);
            var facts = new EntryFacts { Key = key.Hex, Address = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1/{i}"), AnsweredBy = key.Hex, Lifetime = long.MaxValue };
            if (!await cache.WriteAsync(key, facts, Body(i, random.Next(), random.Next(12, 400_000))))
                return Fail(cache.Statistics.LastFailure);
            if (await cache.ReadAsync(Key(random.Next(Keys)), CancellationToken.None) is { } entry && !IsWhole(entry.Body))
                return Fail("read what nobody wrote");
            if (cache.Statistics.Damaged > 0)
                return Fail("read a damaged entry: " + cache.Statistics.LastFailure);
            if (written % 4 == 0)
                Console.Out.WriteLine(written);
        }
    }

    public static bool IsWhole(byte[] body)
    {
        var (i, seed) = (BinaryPrimitives.ReadInt32LittleEndian(body), BinaryPrimitives.ReadInt32LittleEndian(body.AsSpan(4)));
        return body.AsSpan().SequenceEqual(Body(i, seed, body.Length));
    }

    public static int NumberOf(byte[] body) => BinaryPrimitives.ReadInt32LittleEndian(body);

    private static byte[] Body(int i, int seed, int length)
    {
        var body = new byte[length];
        new Random(seed).NextBytes(body);
        BinaryPrimitives.WriteInt32LittleEndian(body, i);
        BinaryPrimitives.WriteInt32LittleEndian(body.AsSpan(4), seed);
        return body;
    }

    private static int Fail(string? reason)
    {
        Console.Error.WriteLine(reason);
        return 1;
    }
}
