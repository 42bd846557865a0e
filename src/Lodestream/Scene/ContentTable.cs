using System.Text;

namespace Lodestream.Scene;

/// <summary>
/// The contents that tiles name, each absolute URI once: two tiles with the same URI share the content, so that it is fetched once.
/// Topology is not shared: it is placed below every tile that names it.
/// </summary>
public sealed class ContentTable
{
    private readonly BlockTable _blocks;
    private readonly Stack<int> _free = [];
    private readonly Dictionary<int, string> _detached = [];
    private ContentRecord[] _records = new ContentRecord[16];
    private ulong[] _hashes = new ulong[16];
    private int[] _buckets = NewBuckets(32);
    private int _live;

    internal ContentTable(BlockTable blocks) => _blocks = blocks;

    /// <summary>One more than the greatest content index in use.</summary>
    public int Capacity { get; private set; }

    /// <summary>The families of the contents that have been known so far; what has gone still counts.</summary>
    public FamilySet Families { get; private set; }

    /// <summary>The contents.</summary>
    public ReadOnlySpan<ContentRecord> Records => _records;

    internal ContentRecord[] RecordArray => _records;

    internal long Bytes => (long)Capacity * (28 + sizeof(ulong)) + (long)_buckets.Length * sizeof(int);

    /// <summary>The content's absolute URI, resolved against its document's.</summary>
    public string Uri(int content)
    {
        if (_detached.Count > 0 && _detached.TryGetValue(content, out var detached))
            return detached;
        ref readonly var record = ref _records[content];
        var reference = _blocks.Uri(record.Block, record.UriOffset, record.UriLength);
        var relative = Encoding.UTF8.GetString(reference);

        // Resolving takes the page's interpreter a tenth of a millisecond, and a camera that turns asks for hundreds.
        return UriHash.IsPlain(reference) ? _blocks.Folder(record.Block) + relative : SceneUri.Resolve(_blocks.BaseUri(record.Block), relative);
    }

    /// <summary>The folder that a content's URI lies in or below, one and the same string for all such contents of its document; null where only <see cref="Uri"/> tells.</summary>
    internal string? Folder(int content)
    {
        if (_detached.Count > 0 && _detached.ContainsKey(content))
            return null;
        ref readonly var record = ref _records[content];
        return UriHash.IsPlain(_blocks.Uri(record.Block, record.UriOffset, record.UriLength)) ? _blocks.Folder(record.Block) : null;
    }

    /// <summary>The content's URI as its document writes it.</summary>
    public string RelativeUri(int content)
    {
        if (_detached.TryGetValue(content, out var detached))
            return detached;
        ref readonly var record = ref _records[content];
        return Encoding.UTF8.GetString(_blocks.Uri(record.Block, record.UriOffset, record.UriLength));
    }

    /// <summary>The stable key of a content: a hash of its URI; of topology, of its URI and its tile's path.</summary>
    public ulong Key(int content) => _hashes[content];

    /// <summary>Index of the tile content with an absolute URI; −1 when no known tile names it. Topology is not found: it is placed below every tile that names it.</summary>
    public int FindByUri(string absoluteUri)
    {
        ArgumentNullException.ThrowIfNull(absoluteUri);
        return FindByUriHash(UriHash.Of(absoluteUri));
    }

    /// <summary>The same by the URI's hash.</summary>
    internal int FindByUriHash(ulong hash)
    {
        var content = _buckets[Find(hash)];
        return content >= 0 && _records[content].Format != ContentFormat.Tileset ? content : -1;
    }

    internal void Reserve(int more)
    {
        var need = Capacity + more;
        if (need > _records.Length)
        {
            var size = Math.Max(need, _records.Length + _records.Length / 2);
            Array.Resize(ref _records, size);
            Array.Resize(ref _hashes, size);
        }
        if ((_live + more) * 3 / 2 > _buckets.Length)
            Rehash((_live + more) * 3 / 2);
    }

    internal int Add(in ContentRecord record, ulong hash, out bool shared)
    {
        Reserve(1);
        var bucket = Find(hash);
        if (_buckets[bucket] >= 0)
        {
            var known = _buckets[bucket];
            _records[known].References++;
            shared = true;
            return known;
        }
        shared = false;
        if (!_free.TryPop(out var content))
            content = Capacity++;
        _records[content] = record;
        Families = Families.With(record.Family);
        _records[content].References = 1;
        _hashes[content] = hash;
        _buckets[bucket] = content;
        _live++;
        return content;
    }

    internal void Release(int content)
    {
        if (--_records[content].References > 0)
            return;
        Unlink(content);
        _detached.Remove(content);
        _records[content] = default;
        _free.Push(content);
        _live--;
    }

    // The document that named the content first is going, another one still names it: the URI must outlive the document's bytes.
    internal void Reown(int content, int tile)
    {
        _detached[content] = Uri(content);
        _records[content].Tile = tile;
    }

    // Open addressing, linear probing: the bucket of the hash, or the free one where it would go. 64-bit hashes are taken as unique.
    private int Find(ulong hash)
    {
        var bucket = (int)(hash % (ulong)_buckets.Length);
        while (_buckets[bucket] >= 0 && _hashes[_buckets[bucket]] != hash)
            bucket = bucket + 1 == _buckets.Length ? 0 : bucket + 1;
        return bucket;
    }

    // Deletion without tombstones: what follows in the run is put back where it belongs.
    private void Unlink(int content)
    {
        var bucket = Find(_hashes[content]);
        _buckets[bucket] = -1;
        for (var b = (bucket + 1) % _buckets.Length; _buckets[b] >= 0; b = (b + 1) % _buckets.Length)
        {
            var moved = _buckets[b];
            _buckets[b] = -1;
            _buckets[Find(_hashes[moved])] = moved;
        }
    }

    private void Rehash(int size)
    {
        var old = _buckets;
        _buckets = NewBuckets(Math.Max(32, size | 1));
        foreach (var content in old)
        {
            if (content >= 0)
                _buckets[Find(_hashes[content])] = content;
        }
    }

    private static int[] NewBuckets(int size)
    {
        var buckets = new int[size];
        Array.Fill(buckets, -1);
        return buckets;
    }
}
