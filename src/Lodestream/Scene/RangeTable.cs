namespace Lodestream.Scene;

/// <summary>Values that come and go with the documents that name them. The first one stays: what most tiles use.</summary>
internal sealed class RangeTable<T>
{
    private readonly RangeAllocator _ranges = new();
    private T[] _values = new T[4];

    public RangeTable(T first) => _values[_ranges.Allocate(1)] = first;

    /// <summary>One more than the greatest index in use.</summary>
    public int End => _ranges.End;

    public ref readonly T this[int index] => ref _values[index];

    /// <summary>Adds values and gives the index of the first.</summary>
    public int Add(ReadOnlySpan<T> values)
    {
        if (values.IsEmpty)
            return 0;
        var first = _ranges.Allocate(values.Length);
        if (_ranges.End > _values.Length)
            Array.Resize(ref _values, Math.Max(_ranges.End, _values.Length * 3 / 2));
        values.CopyTo(_values.AsSpan(first));
        return first;
    }

    public void Remove(int first, int count)
    {
        if (count > 0)
            _ranges.Free(first, count);
    }
}
