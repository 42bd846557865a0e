using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Lodestream.Scene;
using Lodestream.Selection;

namespace Lodestream.Diagnostics;

/// <summary>What the first camera of a tick saw.</summary>
/// <param name="Now">Time of the tick.</param>
/// <param name="View">The view.</param>
public readonly record struct TracedView(TimeSpan Now, View View);

/// <summary>A recorded session, read from a file and found whole.</summary>
public sealed class TraceFile
{
    private readonly byte[] _bytes;
    private int _firstFrame;

    private TraceFile(byte[] bytes) => _bytes = bytes;

    /// <summary>Version of Lodestream that recorded it.</summary>
    public string LodestreamVersion { get; private set; } = "";

    /// <summary>The scene: URI of its first document, without what may be secret.</summary>
    public string Scene { get; private set; } = "";

    /// <summary>Ticks.</summary>
    public long Frames { get; private set; }

    /// <summary>Time from the first tick to the last.</summary>
    public TimeSpan Duration { get; private set; }

    /// <summary>The hash of all that was decided.</summary>
    public UInt128 Hash { get; private set; }

    internal ulong RootKey { get; private set; }

    internal StreamerOptions Options { get; private set; } = new();

    /// <summary>Topology that was there from the start: the block it hangs below (0 the scene's own, then from 1 in this order), the tile in that, and the block.</summary>
    internal List<(int Above, int Tile, TileBlock Block)> Blocks { get; } = [];

    /// <summary>Reads a recording, as <see cref="TraceRecorder.Save"/> writes it.</summary>
    /// <param name="packed">The file's bytes.</param>
    /// <param name="error">What is wrong with it, and where; null when all is well.</param>
    /// <returns>The recording; null when it is none, is damaged or cut off, or is of a newer version.</returns>
    public static TraceFile? Read(ReadOnlySpan<byte> packed, out string? error)
    {
        error = null;
        if (packed.Length < 2 || packed[0] != 0x1f || packed[1] != 0x8b)
        {
            error = "no recording: it is not packed with gzip, as recordings are";
            return null;
        }
        try
        {
            var trace = new TraceFile(Unpack(packed));
            trace.ReadHeader();
            trace.ReadThrough();
            return trace;
        }
        catch (TraceDamageException e)
        {
            error = e.Message;
        }
        catch (InvalidDataException e)
        {
            error = $"damaged, or cut off: it cannot be unpacked ({e.Message.TrimEnd('.')})";
        }
        return null;
    }

    /// <summary>What the first camera of every tick saw; ticks without one are left out.</summary>
    public List<TracedView> FirstViews()
    {
        var (views, frames, frame) = (new List<TracedView>(), OpenFrames(), new TraceFrame());
        while (frames.Read(frame))
        {
            if (!frame.Closes && frame.Views.Length > 0)
                views.Add(new(frame.Now, frame.Views[0]));
        }
        return views;
    }

    internal TraceFrames OpenFrames() => new(new(_bytes, _firstFrame));

    private static byte[] Unpack(ReadOnlySpan<byte> packed)
    {
        using var source = new GZipStream(new MemoryStream(packed.ToArray()), CompressionMode.Decompress);
        var (bytes, used) = (new byte[64 * 1024], 0);
        for (int read; (read = source.Read(bytes, used, bytes.Length - used)) > 0;)
        {
            used += read;
            if (used == TraceFormat.LargestBytes)
                throw new InvalidDataException($"there is more than {TraceFormat.LargestBytes:N0} bytes packed in it");
            if (used == bytes.Length)
                Array.Resize(ref bytes, Math.Min(bytes.Length * 2, TraceFormat.LargestBytes));
        }
        Array.Resize(ref bytes, used);

        // gzip ends with the length of what was packed; a stream that is cut off behind the last packed byte is not complained of elsewhere.
        if (packed.Length < 18 || BinaryPrimitives.ReadInt32LittleEndian(packed[^4..]) != used)
            throw new InvalidDataException($"its last bytes do not tell that {used:N0} bytes are packed in it");
        return bytes;
    }

    private void ReadHeader()
    {
        var from = new TraceInput(_bytes);
        var line = _bytes.AsSpan().IndexOf((byte)'\n');
        var magic = Encoding.UTF8.GetBytes(TraceFormat.Magic);
        if (!_bytes.AsSpan().StartsWith(magic.AsSpan(0, Math.Min(magic.Length, _bytes.Length))))
            throw new TraceDamageException($"no recording: what is packed in it does not begin with '{TraceFormat.Magic.Trim()}'");
        if (line < magic.Length || line > magic.Length + 9 || !int.TryParse(_bytes.AsSpan(magic.Length, line - magic.Length), System.Globalization.CultureInfo.InvariantCulture, out var version))
            throw from.Damage("there is no version");
        if (version != TraceFormat.Version)
            throw new TraceDamageException($"a recording of version {version}; this Lodestream ({TraceFormat.LodestreamVersion}) reads version {TraceFormat.Version}");
        from.Take(line + 1);
        LodestreamVersion = from.Text();
        Scene = from.Text();
        if (Scene.Length == 0)
            throw from.Damage("there is no scene");
        RootKey = from.Word();
        Options = TraceOptions.Read(from);
        for (var blocks = from.CountOf(100, "blocks"); blocks > 0; blocks--)
            ReadBlock(from);
        _firstFrame = from.At;
    }

    private void ReadBlock(TraceInput from)
    {
        var above = from.Count(Blocks.Count, "blocks above");
        var tile = above == 0 ? from.Count(0, "as the scene's root") : from.Count(Blocks[above - 1].Block.TileCount - 1, "as a tile's number");
        var isExpandable = above == 0 ? Blocks.Count == 0 : (Blocks[above - 1].Block.Links[tile].Flags & TileFlags.Unexpanded) != 0 && Blocks[above - 1].Block.Links[tile].ChildCount == 0
            && !Blocks.Exists(block => block.Above == above && block.Tile == tile);
        if (!isExpandable)
            throw from.Damage("topology below a tile that has none");
        Blocks.Add((above, tile, TraceTopology.Read(from)));
    }

    private void ReadThrough()
    {
        var (frames, frame) = (OpenFrames(), new TraceFrame());
        var (first, last) = (TimeSpan.Zero, TimeSpan.Zero);
        while (frames.Read(frame))
        {
            first = frame.Number <= 1 && !frame.Closes ? frame.Now : first;
            last = frame.Now;
        }
        (Frames, Hash, Duration) = (frames.Count, frames.Hash, last - first);
    }
}
