namespace Lodestream.Formats;

/// <summary>The bytes of a fetched file, wherever they are: readers look at the ranges they need, and the rest need not come here.</summary>
public abstract class ContentBytes
{
    /// <summary>Number of bytes.</summary>
    public abstract int Length { get; }

    /// <summary>A range of the bytes; good until the next call.</summary>
    /// <param name="range">Within the length.</param>
    public abstract ReadOnlySpan<byte> Read(ByteRange range);

    /// <summary>Bytes in main memory.</summary>
    public static ContentBytes Of(ReadOnlyMemory<byte> memory) => new InMemory(memory);

    private sealed class InMemory(ReadOnlyMemory<byte> memory) : ContentBytes
    {
        public override int Length => memory.Length;

        public override ReadOnlySpan<byte> Read(ByteRange range) => memory.Span.Slice(range.Offset, range.Length);
    }
}
