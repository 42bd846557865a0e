namespace Lodestream.Residency;

/// <summary>The memory accounts: three shares of one total. What is charged here never exceeds the budget.</summary>
internal sealed class MemoryLedger(long budget)
{
    /// <summary>Bytes all accounts together may hold.</summary>
    public long Budget { get; private set; } = budget;

    /// <summary>What is charged now.</summary>
    public MemoryCharge Used { get; private set; }

    /// <summary>The most that was ever charged.</summary>
    public long Peak { get; private set; }

    /// <summary>Whether a charge could grow by so much.</summary>
    public bool Fits(long bytes) => Used.Total + bytes <= Budget;

    /// <summary>Replaces one charge by another.</summary>
    public void Replace(ref MemoryCharge held, MemoryCharge now)
    {
        Used = Used - held + now;
        held = now;
        Peak = Math.Max(Peak, Used.Total);
    }

    /// <summary>Sets another budget; what is over it must be evicted before anything else is admitted.</summary>
    public void SetBudget(long bytes) => Budget = bytes;
}
