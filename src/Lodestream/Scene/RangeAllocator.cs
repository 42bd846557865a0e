namespace Lodestream.Scene;

/// <summary>Hands out runs of indices, first fit, and takes them back, joining neighbours.</summary>
internal sealed class RangeAllocator
{
    private readonly List<(int First, int Count)> _free = [];

    /// <summary>One more than the greatest index ever handed out and not given back at the end.</summary>
    public int End { get; private set; }

    public int Allocate(int count)
    {
        for (var i = 0; i < _free.Count; i++)
        {
            var (first, free) = _free[i];
            if (free < count)
                continue;
            if (free == count)
                _free.RemoveAt(i);
            else
                _free[i] = (first + count, free - count);
            return first;
        }
        var start = End;
        End += count;
        return start;
    }

    public void Free(int first, int count)
    {
        var at = _free.FindIndex(range => range.First > first);
        if (at < 0)
            at = _free.Count;
        _free.Insert(at, (first, count));
        JoinWithNext(at);
        if (at > 0)
            JoinWithNext(at - 1);
        var last = _free[^1];
        if (last.First + last.Count == End)
        {
            End = last.First;
            _free.RemoveAt(_free.Count - 1);
        }
    }

    private void JoinWithNext(int at)
    {
        if (at + 1 >= _free.Count || _free[at].First + _free[at].Count != _free[at + 1].First)
            return;
        _free[at] = (_free[at].First, _free[at].Count + _free[at + 1].Count);
        _free.RemoveAt(at + 1);
    }
}
