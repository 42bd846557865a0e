using Lodestream.Residency;

namespace Lodestream.Streaming;

/// <summary>A queued request, for a content or a file it depends on: class before priority before key, so that equal priorities have an order that is the same on every host.</summary>
internal readonly record struct QueuedRequest(int Entry, int Host, DemandClass Class, double Priority, ulong Key, int File = -1)
{
    public bool GoesBefore(in QueuedRequest other)
    {
        if (Class != other.Class)
            return Class < other.Class;
        if (Priority != other.Priority)
            return Priority > other.Priority;
        return Key != other.Key ? Key < other.Key : File < other.File;
    }
}

/// <summary>A binary heap of queued requests, most urgent first. Filled anew and ordered once a frame, then popped a few times.</summary>
internal sealed class RequestHeap
{
    private QueuedRequest[] _items = new QueuedRequest[64];

    public int Count { get; private set; }

    public void Clear() => Count = 0;

    /// <summary>Adds without ordering; <see cref="Order"/> before the first <see cref="Pop"/>.</summary>
    public void Add(in QueuedRequest request)
    {
        if (Count == _items.Length)
            Array.Resize(ref _items, Count * 2);
        _items[Count++] = request;
    }

    public void Order()
    {
        for (var i = Count / 2 - 1; i >= 0; i--)
            SiftDown(i);
    }

    public QueuedRequest Pop()
    {
        var top = _items[0];
        _items[0] = _items[--Count];
        SiftDown(0);
        return top;
    }

    private void SiftDown(int at)
    {
        while (true)
        {
            var child = 2 * at + 1;
            if (child >= Count)
                return;
            if (child + 1 < Count && _items[child + 1].GoesBefore(_items[child]))
                child++;
            if (!_items[child].GoesBefore(_items[at]))
                return;
            (_items[at], _items[child]) = (_items[child], _items[at]);
            at = child;
        }
    }
}
