namespace Lodestream.Residency;

/// <summary>How large a content's textures are.</summary>
public enum TextureTier : byte
{
    /// <summary>As the file has them.</summary>
    Full,

    /// <summary>Limited to a medium size.</summary>
    Medium,

    /// <summary>Limited to the least size.</summary>
    Minimum,
}

/// <summary>What a content's textures take at each tier, and at which they are.</summary>
internal struct TextureTiers
{
    /// <summary>Bytes at each tier; what the content was measured to need is <see cref="Minimum"/>.</summary>
    public long Full, Medium, Minimum;

    /// <summary>The tier they are at.</summary>
    public TextureTier Tier;

    /// <summary>The tier the host was asked for; the same while nothing is under way.</summary>
    public TextureTier Asked;

    /// <summary>Changes the host could not make since the last it could.</summary>
    public byte Failures;

    /// <summary>They do not become larger before this.</summary>
    public TimeSpan HeldUntil;

    /// <summary>Whether they can change at all.</summary>
    public readonly bool CanChange => Full > Minimum;

    /// <summary>Whether the host was asked for a change and has not answered.</summary>
    public readonly bool IsChanging => Asked != Tier;

    /// <summary>Bytes at a tier.</summary>
    public readonly long At(TextureTier tier) => tier switch { TextureTier.Full => Full, TextureTier.Medium => Medium, _ => Minimum };
}
