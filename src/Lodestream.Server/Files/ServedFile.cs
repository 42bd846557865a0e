namespace Lodestream.Server.Files;

/// <summary>A file that may be served, by the name it has in URLs. What it holds now is its <see cref="ContentVersion"/>.</summary>
/// <param name="place">Finds it, and refuses what is not to be found.</param>
/// <param name="name">Path in the place, with '/' between segments.</param>
/// <param name="type">Its media type.</param>
internal sealed class ServedFile(IServedPlace place, string name, MediaType type)
{
    private readonly Lock _gate = new();
    private Task<ContentVersion?>? _reading;
    private volatile ContentVersion? _known;

    /// <summary>Its media type.</summary>
    public MediaType Type => type;

    /// <summary>Path in its place, with '/' between segments.</summary>
    public string Name => name;

    /// <summary>The version last read, if it is worth asking whether the file still is that.</summary>
    public ContentVersion? Known
    {
        get => _known;
        set => _known = value;
    }

    /// <summary>Where the file lies, or null: nothing there, or not to be served.</summary>
    public FileLocation? Locate() => place.Find(name);

    /// <summary>Reads the present version; several askers share one pass.</summary>
    public async Task<ContentVersion?> ReadAsync(Func<ServedFile, Task<ContentVersion?>> read)
    {
        Task<ContentVersion?> reading;
        lock (_gate)
            reading = _reading ??= Task.Run(() => read(this));
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
