namespace Lodestream.Formats.Preparing;

/// <summary>A file that a content names and that is not there.</summary>
/// <param name="Reference">As the content names it: relative to the content's own URI, or absolute.</param>
/// <param name="IsOptional">Whether the content can be drawn without it: the schema of its properties.</param>
public readonly record struct MissingFile(string Reference, bool IsOptional);

/// <summary>The files a content names beside itself: those that are there, and those that are missing.</summary>
public sealed class ContentFileSet
{
    private readonly Dictionary<string, ContentBytes?> _known = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);
    private readonly HashSet<string> _asked = new(StringComparer.Ordinal);
    private readonly List<string> _names = [];
    private readonly List<MissingFile> _missing = [];

    /// <summary>The files that were asked for and are there, in order: the first is file 1 of the content.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>The files that were asked for and are not there, each once.</summary>
    public IReadOnlyList<MissingFile> Missing
    {
        get
        {
            // All at once: a content may name as many as its bytes allow.
            if (_missing.Count != _asked.Count)
                _missing.RemoveAll(file => !_asked.Contains(file.Reference));
            return _missing;
        }
    }

    /// <summary>Adds a file.</summary>
    /// <param name="reference">As the content names it.</param>
    /// <param name="bytes">Its bytes; null where it cannot be had, and the content is to do without.</param>
    public void Add(string reference, ContentBytes? bytes)
    {
        _known[reference] = bytes;
        _asked.Remove(reference);
    }

    internal ContentBytes Bytes(int file) => _known[_names[file - 1]]!;

    /// <summary>Whether a file was asked for and cannot be had.</summary>
    internal bool IsAbsent(string reference) => _known.TryGetValue(reference, out var bytes) && bytes is null;

    // The file's number in the content; null where it is not there. Unless it cannot be had, that is noted.
    internal int? Find(string reference, bool isOptional = false)
    {
        if (_numbers.TryGetValue(reference, out var number))
            return number;
        if (_known.TryGetValue(reference, out var bytes))
        {
            if (bytes is null)
                return null;
            _names.Add(reference);
            return _numbers[reference] = _names.Count;
        }
        if (_asked.Add(reference))
            _missing.Add(new(reference, isOptional));
        return null;
    }
}
