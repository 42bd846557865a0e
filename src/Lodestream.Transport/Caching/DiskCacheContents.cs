namespace Lodestream.Transport.Caching;

/// <summary>What a <see cref="DiskCache"/> holds of one origin.</summary>
/// <param name="Origin">Scheme, host and port.</param>
/// <param name="Entries">Files, and parts of files.</param>
/// <param name="Bytes">Bytes on disk.</param>
public readonly record struct DiskCacheOrigin(string Origin, int Entries, long Bytes);

/// <summary>What a <see cref="DiskCache"/> holds.</summary>
/// <param name="Folder">Its folder.</param>
/// <param name="QuotaBytes">Bytes it keeps at most.</param>
/// <param name="Entries">Files, and parts of files.</param>
/// <param name="Bytes">Bytes on disk, damaged entries among them.</param>
/// <param name="Damaged">Entries that would be dropped if they were asked for. Unless every entry was read to its end, only those that show it at their end.</param>
/// <param name="OldestUse">When the longest unused was used last, within a minute, UTC; null where there is none.</param>
/// <param name="Origins">By origin, the largest first.</param>
public sealed record DiskCacheContents(string Folder, long QuotaBytes, int Entries, long Bytes, int Damaged, DateTime? OldestUse, IReadOnlyList<DiskCacheOrigin> Origins)
{
    internal static DiskCacheContents Of(CacheFolderLayout layout, DiskCacheOptions options, bool verify, CancellationToken cancellation)
    {
        var origins = new Dictionary<string, DiskCacheOrigin>(StringComparer.Ordinal);
        var (entries, bytes, damaged, oldest) = (0, 0L, 0, (DateTime?)null);
        for (var shard = 0; shard < CacheFolderLayout.Shards; shard++)
        {
            foreach (var (key, file) in layout.EntriesOf(shard))
            {
                cancellation.ThrowIfCancellationRequested();
                if (CacheIndex.LengthOf(file) is not { } length)
                    continue;
                try
                {
                    var facts = verify ? EntryFile.Read(file.FullName, key).Facts : EntryFile.ReadFacts(file.FullName, key).Facts;
                    var origin = new Uri(facts.Address).GetLeftPart(UriPartial.Authority);
                    var known = origins.GetValueOrDefault(origin);
                    origins[origin] = new(origin, known.Entries + 1, known.Bytes + length);
                }
                catch (InvalidDataException)
                {
                    damaged++;
                }
                catch (FileNotFoundException)
                {
                    continue; // evicted meanwhile
                }
                (entries, bytes) = (entries + 1, bytes + length);
                if (oldest is null || file.LastWriteTimeUtc < oldest)
                    oldest = file.LastWriteTimeUtc;
            }
        }
        return new(layout.Root, options.QuotaBytes, entries, bytes, damaged, oldest, [.. origins.Values.OrderByDescending(origin => origin.Bytes).ThenBy(origin => origin.Origin, StringComparer.Ordinal)]);
    }
}
