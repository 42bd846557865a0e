namespace Lodestream.Tiler.Worlds;

/// <summary>What world to make. The same options (threads aside) always give the same bytes.</summary>
public abstract record WorldOptions
{
    /// <summary>Which of all worlds of its kind.</summary>
    public ulong Seed { get; init; } = 4;

    /// <summary>Threads to use; 0 means one per processor.</summary>
    public int Threads { get; init; }

    /// <summary>Checks every option.</summary>
    /// <exception cref="ArgumentException">An option is out of its range; the message names it.</exception>
    internal virtual void Validate()
    {
        if (Threads is < 0 or > 1024)
            throw Out(nameof(Threads), Threads, "0 to 1024");
    }

    /// <summary>The error that names an option.</summary>
    private protected static ArgumentException Out(string name, object value, string range) =>
        new($"{name} is {FormattableString.Invariant($"{value}")}; it must be {range}.", name);
}
