using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Lodestream.Transport.Caching;

/// <summary>
/// How many bytes lie in each of the 256 folders of entries, so that opening a cache does not look at every file. Where an entry lies
/// follows from its key, and its use from its file's time: nothing is here that the files do not say themselves. A folder's own time
/// tells whether what is written about it still holds; lost or damaged, the index is made again from the files. Not thread-safe.
/// </summary>
/// <param name="layout">Where things lie.</param>
internal sealed class CacheIndex(CacheFolderLayout layout)
{
    private const int RecordLength = 24;
    private const int FileLength = 8 + (CacheFolderLayout.Shards * RecordLength) + SHA256.HashSizeInBytes;

    // Times of folders may be this coarse: what changed that shortly before it was looked at may have changed again unseen.
    private static readonly TimeSpan ClockGrain = TimeSpan.FromSeconds(2);

    private readonly ShardTotals[] _shards = new ShardTotals[CacheFolderLayout.Shards];

    private struct ShardTotals
    {
        // Ticks of the folder's time; 0: to be looked at.
        public long Time;
        public long Entries;
        public long Bytes;
    }

    private static ReadOnlySpan<byte> Magic => "LSINDEX1"u8;

    /// <summary>Bytes of all entries.</summary>
    public long Bytes => _shards.Sum(shard => shard.Bytes);

    /// <summary>Folders whose files had to be looked at since it was made, by which tests see whether it spared any.</summary>
    public int ShardsListed { get; private set; }

    /// <summary>Reads what was written; all is to be looked at where there is nothing, or it is damaged.</summary>
    public void Load()
    {
        Array.Clear(_shards);
        try
        {
            var bytes = File.ReadAllBytes(layout.Index);
            if (bytes.Length != FileLength || !bytes.AsSpan().StartsWith(Magic) || !SHA256.HashData(bytes.AsSpan(..^SHA256.HashSizeInBytes)).AsSpan().SequenceEqual(bytes.AsSpan(^SHA256.HashSizeInBytes..)))
                return;
            var written = File.GetLastWriteTimeUtc(layout.Index);
            for (var i = 0; i < _shards.Length; i++)
            {
                var record = bytes.AsSpan(8 + (i * RecordLength), RecordLength);
                var time = BinaryPrimitives.ReadInt64LittleEndian(record);
                if (time < (written - ClockGrain).Ticks)
                    _shards[i] = new() { Time = time, Entries = BinaryPrimitives.ReadInt64LittleEndian(record[8..]), Bytes = BinaryPrimitives.ReadInt64LittleEndian(record[16..]) };
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
        }
    }

    /// <summary>Looks at the folders that changed since they were looked at.</summary>
    /// <exception cref="IOException">They cannot be read.</exception>
    public void Refresh()
    {
        var now = layout.FileSystemNow();
        for (var i = 0; i < _shards.Length; i++)
        {
            var folder = new DirectoryInfo(layout.Shard(i));
            if (!folder.Exists)
            {
                _shards[i] = default;
                continue;
            }
            var time = folder.LastWriteTimeUtc;
            if (_shards[i].Time == time.Ticks)
                continue;
            ShardsListed++;
            var totals = new ShardTotals { Time = time < now - ClockGrain ? time.Ticks : 0 };
            foreach (var (_, file) in layout.EntriesOf(i))
            {
                if (LengthOf(file) is { } length)
                    (totals.Entries, totals.Bytes) = (totals.Entries + 1, totals.Bytes + length);
            }
            _shards[i] = totals;
        }
    }

    /// <summary>Counts a file that was written, until the folder is looked at again.</summary>
    /// <param name="shard">The folder.</param>
    /// <param name="bytes">Bytes more than before.</param>
    public void Add(int shard, long bytes) => (_shards[shard].Bytes, _shards[shard].Time) = (_shards[shard].Bytes + bytes, 0);

    /// <summary>Writes it, whole or not at all.</summary>
    /// <exception cref="IOException">It cannot be written; the one before stays.</exception>
    public void Save()
    {
        var bytes = new byte[FileLength];
        Magic.CopyTo(bytes);
        for (var i = 0; i < _shards.Length; i++)
        {
            var record = bytes.AsSpan(8 + (i * RecordLength), RecordLength);
            BinaryPrimitives.WriteInt64LittleEndian(record, _shards[i].Time);
            BinaryPrimitives.WriteInt64LittleEndian(record[8..], _shards[i].Entries);
            BinaryPrimitives.WriteInt64LittleEndian(record[16..], _shards[i].Bytes);
        }
        SHA256.HashData(bytes.AsSpan(..^SHA256.HashSizeInBytes), bytes.AsSpan(^SHA256.HashSizeInBytes..));
        var partial = layout.NewPartial();
        layout.Prepare(0);
        File.WriteAllBytes(partial, bytes);
        File.Move(partial, layout.Index, overwrite: true);
    }

    /// <summary>A file's length; null where it has gone meanwhile.</summary>
    public static long? LengthOf(FileInfo file)
    {
        try
        {
            return file.Length;
        }
        catch (IOException)
        {
            return null;
        }
    }
}
