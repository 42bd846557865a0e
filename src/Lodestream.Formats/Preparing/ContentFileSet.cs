namespace Lodestream.Formats.Preparing;

/// <summary>A file that a content names and that is not there.</summary>
/// <param name="Reference">As the content names it: relative to the content's own URI, or absolute.</param>
/// <param name="IsOptional">Whether the content can be drawn without it: the schema of its properties.</param>
public readonly record struct MissingFile(string Reference, bool IsOptional);

/// <summary>The files a content names beside itself: those that are there, and those that are missing.</summary>
public sealed class ContentFileSet
{
    private readonly Dictionary<string, ContentBytes?> _known = new(StringComparer.Ordinal);
    private readonly List<string> _names = [];
    private readonly List<MissingFile> _missing = [];

    /// <summary>The files that were asked for and are there, in order: the first is file 1 of the content.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>The files that were asked for and are not there, each once.</summary>
    public IReadOnlyList<MissingFile> Missing => _missing;

    /// <summary>Adds a file.</summary>
    /// <param name="reference">As the content names it.</param>
    /// <param name="bytes">Its bytes; null where it cannot be had, and the content is to do without.</param>
    public void Add(string reference, ContentBytes? bytes)
    {
        _known[reference] = bytes;
        _missing.RemoveAll(file => file.Reference == reference);
    }

    internal ContentBytes Bytes(int file) => _known[_names[file - 1]]!;

    /// <summary>Whether a file was asked for and cannot be had.</summary>
    internal bool IsAbsent(string reference) => _known.TryGetValue(reference, out var bytes) && bytes is null;

    // The file's number in the content; null where it is not there. Unless it cannot be had, that is noted.
    internal int? Find(string reference, bool isOptional = false)
    {
        var number = _names.IndexOf(reference);
        if (number >= 0)
            return number + 1;
        if (_known.TryGetValue(reference, out var bytes))
        {
            if (bytes is null)
                return null;
            _names.Add(reference);
            return _names.Count;
        }
        if (!_missing.Any(file => file.Reference == reference))
            _missing.Add(new(reference, isOptional));
        return null;
    }
}
