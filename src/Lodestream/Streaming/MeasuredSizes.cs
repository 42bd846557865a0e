using Lodestream.Residency;

namespace Lodestream.Streaming;

/// <summary>
/// Exact needs of contents that were here and had to go: what is wanted again is judged by them. Bounded: of many, the older half is
/// forgotten at a time.
/// </summary>
internal sealed class MeasuredSizes
{
    // Two generations of at most 2 MB each.
    private const int GenerationSize = 32 * 1024;

    private Dictionary<ulong, MemoryCharge> _young = [], _old = [];

    /// <summary>Keeps what a content needs.</summary>
    /// <param name="key">The content's key.</param>
    /// <param name="measured">What it was measured to need.</param>
    public void Keep(ulong key, MemoryCharge measured)
    {
        if (_young.Count >= GenerationSize)
        {
            (_young, _old) = (_old, _young);
            _young.Clear();
        }
        _young[key] = measured;
    }

    /// <summary>What was kept of a content holds no more.</summary>
    public void Forget(ulong key)
    {
        _young.Remove(key);
        _old.Remove(key);
    }

    /// <summary>What a content needs, if it is known.</summary>
    public bool TryGet(ulong key, out MemoryCharge measured) => _young.TryGetValue(key, out measured) || _old.TryGetValue(key, out measured);
}
