using System.Globalization;

namespace Lodestream.Simulation.Laws;

/// <summary>A way to break one of the eight laws, as reports count them.</summary>
public enum Breach : byte
{
    /// <summary>Law 1: the selection is not what its declared inputs give.</summary>
    Impure,

    /// <summary>Law 2: nothing is drawn where something could be, or was.</summary>
    Hole,

    /// <summary>Law 2: coarser than before, and nobody wanted that.</summary>
    Regression,

    /// <summary>Law 3: two things are drawn in one region.</summary>
    Overlap,

    /// <summary>Law 4: no rest with still inputs, or rest with less than what is wanted.</summary>
    Livelocked,

    /// <summary>Law 5: more is held than was reserved, or than the budget allows.</summary>
    OverBudget,

    /// <summary>Law 6: the same run twice differs.</summary>
    ReplayDiffers,

    /// <summary>Law 7: a content is asked for that is in flight, or here.</summary>
    DuplicateRequest,

    /// <summary>Law 8: the statistics, or a reason, are not what happened.</summary>
    Dishonest,
}

/// <summary>A law that was broken.</summary>
/// <param name="Breach">Which, and how.</param>
/// <param name="Frame">Number of the frame.</param>
/// <param name="Time">Time of the frame.</param>
/// <param name="Tile">The tile, by its path from the root and its first content; empty where no tile is to blame.</param>
/// <param name="Reason">What is wrong.</param>
public sealed record Violation(Breach Breach, long Frame, TimeSpan Time, string Tile, string Reason)
{
    /// <inheritdoc />
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Breach} in frame {Frame} at {Time.TotalSeconds:0.000} s{(Tile.Length > 0 ? $", tile {Tile}" : "")}: {Reason}");
}

/// <summary>How often each law was broken, and the first time of each.</summary>
public sealed class LawReport
{
    private readonly long[] _counts = new long[Enum.GetValues<Breach>().Length];
    private readonly List<Violation> _firsts = [];

    /// <summary>Whether no law was broken.</summary>
    public bool IsClean => _firsts.Count == 0;

    /// <summary>The first violation of each kind, in the order in which they happened.</summary>
    public IReadOnlyList<Violation> Firsts => _firsts;

    /// <summary>Frames × regions, or events, that broke a law in this way.</summary>
    public long Count(Breach breach) => _counts[(int)breach];

    /// <inheritdoc />
    public override string ToString() => IsClean ? "all laws hold" : string.Join('\n', _firsts.Select(first => $"{first} (× {Count(first.Breach)})"));

    internal void Add(Breach breach, long frame, TimeSpan time, Func<string> tile, string reason)
    {
        if (_counts[(int)breach]++ == 0)
            _firsts.Add(new(breach, frame, time, tile(), reason));
    }
}
