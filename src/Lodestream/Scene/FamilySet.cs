namespace Lodestream.Scene;

/// <summary>A set of content families.</summary>
public readonly record struct FamilySet
{
    private readonly byte _bits;

    private FamilySet(byte bits) => _bits = bits;

    /// <summary>A bit for each family, by its number.</summary>
    internal byte Bits => _bits;

    internal static FamilySet FromBits(byte bits) => new(bits);

    /// <summary>Every family.</summary>
    public static readonly FamilySet All = new(byte.MaxValue);

    /// <summary>The families named.</summary>
    public static FamilySet Of(params ReadOnlySpan<ContentFamily> families)
    {
        byte bits = 0;
        foreach (var family in families)
            bits |= (byte)(1 << (int)family);
        return new(bits);
    }

    /// <summary>Whether a family is in the set.</summary>
    public bool Contains(ContentFamily family) => (_bits >> (int)family & 1) != 0;

    /// <summary>This set with a family added.</summary>
    public FamilySet With(ContentFamily family) => new((byte)(_bits | 1 << (int)family));

    /// <summary>This set without a family.</summary>
    public FamilySet Without(ContentFamily family) => new((byte)(_bits & ~(1 << (int)family)));
}
