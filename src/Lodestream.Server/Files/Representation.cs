namespace Lodestream.Server.Files;

/// <summary>One form of a content as it goes over the network: plain, or in a content coding.</summary>
/// <param name="entityTag">Strong entity tag of these bytes, quotes included.</param>
/// <param name="length">Bytes.</param>
/// <param name="coding">The Content-Encoding these bytes are in, or null if they are plain.</param>
/// <param name="source">Where the bytes come from.</param>
internal sealed class Representation(string entityTag, long length, string? coding, IByteSource source)
{
    private readonly Lock _gate = new();
    private Task<byte[]>? _reading;

    /// <summary>Strong entity tag, quotes included.</summary>
    public string EntityTag { get; } = entityTag;

    /// <summary>Bytes.</summary>
    public long Length { get; } = length;

    /// <summary>The Content-Encoding, or null if plain.</summary>
    public string? Coding { get; } = coding;

    /// <summary>Where the bytes come from when they are not in memory.</summary>
    public IByteSource Source { get; } = source;

    /// <summary>The bytes, while they are in memory.</summary>
    public CachedBytes Cached { get; } = new();

    /// <summary>Reads all bytes from the source; several askers share one pass.</summary>
    /// <exception cref="IOException">They cannot be read, or are no longer those of this representation.</exception>
    public async Task<byte[]> ReadAsync()
    {
        Task<byte[]> reading;
        lock (_gate)
            reading = _reading ??= Task.Run(Source.ReadAllAsync);
        try
        {
            return await reading.ConfigureAwait(false);
        }
        finally
        {
            lock (_gate)
            {
                if (_reading == reading)
                    _reading = null;
            }
        }
    }
}

/// <summary>Where the bytes of a representation come from.</summary>
internal interface IByteSource
{
    /// <summary>The file the bytes lie in as they are, or null where they are made.</summary>
    FileBytes? File { get; }

    /// <summary>All bytes.</summary>
    /// <exception cref="IOException">They cannot be read, or are no longer what they were.</exception>
    Task<byte[]> ReadAllAsync();
}
