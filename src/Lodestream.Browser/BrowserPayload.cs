using System.Collections.Concurrent;
using Lodestream.Browser.Interop;

namespace Lodestream.Browser;

/// <summary>
/// Bytes that stay in the page as an ArrayBuffer; here is only their number. Whoever prepares it drops or forwards it; a payload the
/// core let go without preparing is dropped when the collector finds it.
/// </summary>
internal sealed class BrowserPayload(int scene, long id, long length, ConcurrentQueue<long> abandoned) : IDisposable
{
    private bool _gone;

    ~BrowserPayload()
    {
        if (!_gone)
            abandoned.Enqueue(id);
    }

    /// <summary>Its number: that of the request that brought it.</summary>
    public long Id => id;

    /// <summary>Length in bytes.</summary>
    public long Length => length;

    /// <summary>Copies a range into this memory.</summary>
    public unsafe void CopyTo(long offset, Span<byte> destination)
    {
        if (destination.IsEmpty)
            return;
        fixed (byte* address = destination)
            Page.CopyRange(scene, id, offset, destination.Length, (int)address);
    }

    /// <summary>Ends its life here: the page was told to drop it, or to hand it on.</summary>
    public void Dispose()
    {
        _gone = true;
        GC.SuppressFinalize(this);
    }
}
