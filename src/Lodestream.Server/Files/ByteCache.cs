namespace Lodestream.Server.Files;

/// <summary>The bytes of a representation while they are in memory. Read without a lock; written by <see cref="ByteCache"/>.</summary>
internal sealed class CachedBytes
{
    private volatile byte[]? _value;
    private volatile bool _isUsed;

    /// <summary>The bytes, or null.</summary>
    public byte[]? Value => _value;

    /// <summary>They were not in memory once before: the second time they are worth keeping.</summary>
    public bool WasMissed { get; set; }

    /// <summary>The place in the cache's round, while there is one.</summary>
    public LinkedListNode<CachedBytes>? Node { get; set; }

    /// <summary>The bytes, which stay a little longer for having been asked for.</summary>
    public byte[]? Use()
    {
        var value = _value;
        if (value is not null && !_isUsed)
            _isUsed = true; // written only when it changes: a shared line that is written by every request is slow
        return value;
    }

    /// <summary>Takes or gives up the bytes.</summary>
    public void Set(byte[]? value) => _value = value;

    /// <summary>Whether they were used since the last time this was asked.</summary>
    public bool WasUsed()
    {
        var used = _isUsed;
        _isUsed = false;
        return used;
    }
}

/// <summary>
/// Keeps the bytes of small files and of compressed ones, up to a number of bytes. What goes is found by going round: bytes that
/// were used since the last round get another ("second chance"), so a hit costs no lock.
/// </summary>
/// <remarks>
/// While there is room everything is kept. Once full, bytes are kept when they are missed the second time: a client that flies
/// over everything once does not drive out what all of them look at.
/// </remarks>
/// <param name="capacity">Bytes.</param>
internal sealed class ByteCache(long capacity)
{
    /// <summary>No single content may fill more than this share of the cache.</summary>
    private const int MaxShare = 4;

    private readonly Lock _gate = new();
    private readonly LinkedList<CachedBytes> _round = new();
    private long _bytes;

    /// <summary>Bytes held.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Whether content of this length may be kept at all.</summary>
    public bool CanHold(long length) => length <= capacity / MaxShare;

    /// <summary>Whether content of this length would be kept if it were read now; notes the miss.</summary>
    public bool Admits(CachedBytes entry, long length)
    {
        if (!CanHold(length))
            return false;
        if (Bytes + length <= capacity || entry.WasMissed)
            return true;
        entry.WasMissed = true;
        return false;
    }

    /// <summary>Keeps bytes, and gives up others for them.</summary>
    public void Keep(CachedBytes entry, byte[] value)
    {
        if (!CanHold(value.Length))
            return;
        lock (_gate)
        {
            if (entry.Node is not null)
                return;
            while (_bytes + value.Length > capacity && _round.First is { } oldest)
            {
                _round.RemoveFirst();
                if (oldest.Value.WasUsed())
                    _round.AddLast(oldest);
                else
                    GiveUp(oldest.Value);
            }

            entry.Set(value);
            entry.Node = _round.AddLast(entry);
            _bytes += value.Length;
        }
    }

    /// <summary>Gives up bytes nobody will ask for any more.</summary>
    public void Drop(CachedBytes entry)
    {
        lock (_gate)
        {
            if (entry.Node is not { } node)
                return;
            _round.Remove(node);
            GiveUp(entry);
        }
    }

    private void GiveUp(CachedBytes entry)
    {
        _bytes -= entry.Value!.Length;
        entry.Node = null;
        entry.WasMissed = false;
        entry.Set(null);
    }
}
