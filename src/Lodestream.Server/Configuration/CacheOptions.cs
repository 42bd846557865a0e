namespace Lodestream.Server.Configuration;

/// <summary>What is kept in memory.</summary>
public sealed class CacheOptions
{
    /// <summary>Mebibytes of small files and compressed contents kept in memory. Default 256.</summary>
    public int MemoryMB { get; init; } = 256;

    /// <summary>Longest file, in kibibytes, that is kept; longer ones are sent from disk. Default 1024.</summary>
    public int MaxFileKB { get; init; } = 1024;

    internal void Validate()
    {
        Check.Range(MemoryMB, 1, 1 << 20, "cache.memoryMB");
        Check.Range(MaxFileKB, 0, 1 << 20, "cache.maxFileKB");
    }
}
