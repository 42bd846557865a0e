using Lodestream.Scene;

namespace Lodestream.Browser;

/// <summary>Attempts started and called off since the start, by family.</summary>
internal sealed class FamilyCounts
{
    private static readonly int Families = Enum.GetValues<ContentFamily>().Length;
    private readonly long[] _requested = new long[Families];
    private readonly long[] _cancelled = new long[Families];

    public long Requested(ContentFamily family) => _requested[(int)family];

    public long Cancelled(ContentFamily family) => _cancelled[(int)family];

    public void Start(ContentFamily family) => _requested[(int)family]++;

    public void Cancel(ContentFamily family) => _cancelled[(int)family]++;
}
