using Lodestream.Selection;

namespace Lodestream.Residency;

/// <summary>Bytes to be left free, in all and of each account of the GPU.</summary>
internal readonly record struct MemoryRoom(long Total, long Geometry, long Texture);

/// <summary>
/// The memory accounts: three shares of one total. What is charged here never exceeds the budget, nor, in manifest scenes, what of it
/// geometry and textures may take.
/// </summary>
internal sealed class MemoryLedger(long budget, ProximityMemoryOptions? accounts = null)
{
    // More than any budget, and far from where sums of it overflow.
    private const long NoLimit = long.MaxValue / 4;

    /// <summary>Bytes all accounts together may hold.</summary>
    public long Budget { get; private set; } = budget;

    /// <summary>Bytes geometry may hold.</summary>
    public long GeometryBudget => accounts is null ? NoLimit : Math.Min(accounts.GeometryBudgetBytes, Budget);

    /// <summary>Bytes textures may hold.</summary>
    public long TextureBudget => accounts is null ? NoLimit : Math.Min(accounts.TextureBudgetBytes, Budget);

    /// <summary>Above this geometry counts as high, bytes.</summary>
    public long GeometryMark => accounts is null ? NoLimit : Math.Max(1, (long)(accounts.HighWaterMark * GeometryBudget));

    /// <summary>Above this geometry and textures together count as high, bytes.</summary>
    public long CombinedMark => accounts is null ? NoLimit : (long)(accounts.HighWaterMark * Math.Min(GeometryBudget + TextureBudget, Budget));

    /// <summary>What is charged now.</summary>
    public MemoryCharge Used { get; private set; }

    /// <summary>The most that was ever charged.</summary>
    public long Peak { get; private set; }

    /// <summary>Whether geometry by itself is above its mark.</summary>
    public bool IsGeometryHigh => Used.Geometry > GeometryMark;

    /// <summary>Whether geometry and textures together are above theirs.</summary>
    public bool IsCombinedHigh => Used.Geometry + Used.Texture > CombinedMark;

    /// <summary>Bytes of geometry and textures that something was refused for since <see cref="ForgetLack"/>, the most of each.</summary>
    public MemoryCharge Lack { get; private set; }

    /// <summary>Whether main memory could grow by so much.</summary>
    public bool Fits(long bytes) => Fits(default, new(bytes, 0, 0));

    /// <summary>Whether one charge could be replaced by another.</summary>
    /// <param name="held">What is held now.</param>
    /// <param name="now">What would be held.</param>
    /// <param name="spare">What must stay free then.</param>
    public bool Fits(in MemoryCharge held, in MemoryCharge now, in MemoryRoom spare = default)
    {
        var (geometry, texture) = (Math.Max(0, now.Geometry - held.Geometry + spare.Geometry), Math.Max(0, now.Texture - held.Texture + spare.Texture));
        var lack = new MemoryCharge(0, Math.Max(0, Used.Geometry + geometry - GeometryBudget), Math.Max(0, Used.Texture + texture - TextureBudget));
        if (lack.Total > 0)
            Lack = new(0, Math.Max(Lack.Geometry, lack.Geometry), Math.Max(Lack.Texture, lack.Texture));
        return lack.Total == 0 && Used.Total + Math.Max(0, now.Total - held.Total + spare.Total) <= Budget;
    }

    /// <summary>What keeps a content from ever fitting; null where nothing does.</summary>
    public string? ExceededBy(in MemoryCharge content) => content switch
    {
        _ when content.Total > Budget => $"needs {content.Total:N0} bytes; the budget is {Budget:N0}",
        _ when content.Geometry > GeometryBudget => $"needs {content.Geometry:N0} bytes of geometry; its budget is {GeometryBudget:N0}",
        _ when content.Texture > TextureBudget => $"needs {content.Texture:N0} bytes of textures; their budget is {TextureBudget:N0}",
        _ => null,
    };

    /// <summary>Whether it is geometry or textures, by themselves, that have no room for a charge.</summary>
    public bool Lacks(in MemoryCharge charge) => Used.Geometry + charge.Geometry > GeometryBudget || Used.Texture + charge.Texture > TextureBudget;

    /// <summary>Something was refused because geometry is high.</summary>
    public void RefuseForGeometry() => Lack = Lack with { Geometry = Math.Max(Lack.Geometry, Used.Geometry - GeometryMark) };

    /// <summary>What was refused is asked for anew.</summary>
    public void ForgetLack() => Lack = default;

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
