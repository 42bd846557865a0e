namespace Lodestream.Formats.Preparing;

/// <summary>The files a content names beside itself: those that are there, and those that are missing.</summary>
public sealed class ContentFileSet
{
    private readonly Dictionary<string, ContentBytes> _known = new(StringComparer.Ordinal);
    private readonly List<string> _names = [];
    private readonly List<string> _missing = [];

    /// <summary>The files that were asked for and are there, in order: the first is file 1 of the content.</summary>
    public IReadOnlyList<string> Names => _names;

    /// <summary>The files that were asked for and are not there, each once.</summary>
    public IReadOnlyList<string> Missing => _missing;

    /// <summary>Adds a file.</summary>
    /// <param name="uri">As the content names it.</param>
    /// <param name="bytes">Its bytes.</param>
    public void Add(string uri, ContentBytes bytes)
    {
        _known[uri] = bytes;
        _missing.Remove(uri);
    }

    internal ContentBytes Bytes(int file) => _known[_names[file - 1]];

    // The file's number in the content; null where it is missing, which is noted.
    internal int? Find(string uri)
    {
        var number = _names.IndexOf(uri);
        if (number >= 0)
            return number + 1;
        if (_known.ContainsKey(uri))
        {
            _names.Add(uri);
            return _names.Count;
        }
        if (!_missing.Contains(uri))
            _missing.Add(uri);
        return null;
    }
}
