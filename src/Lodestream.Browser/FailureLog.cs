namespace Lodestream.Browser;

/// <summary>What failed since the last frame, for whoever listens on the page.</summary>
internal sealed class FailureLog
{
    private readonly List<(int Content, string Error)> _fresh = [];

    /// <summary>Failures since the start.</summary>
    public int Count { get; private set; }

    public void Add(int content, string error)
    {
        _fresh.Add((content, error));
        Count++;
    }

    /// <summary>Hands out what is new, and forgets it.</summary>
    public void Drain(Action<int, string> report)
    {
        foreach (var (content, error) in _fresh)
            report(content, error);
        _fresh.Clear();
    }
}
