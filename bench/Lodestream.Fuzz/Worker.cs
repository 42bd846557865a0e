using System.Buffers.Binary;
using System.Diagnostics;
using System.IO.MemoryMappedFiles;
using System.Text;

namespace Lodestream.Fuzz;

/// <summary>The input that a thread is at, also in a file: if the process dies of it, there it is.</summary>
internal sealed class Worker : IDisposable
{
    private const uint Magic = 0x7a7a7566;

    private const int HeaderBytes = 32;

    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private long _since;

    public Worker(string file)
    {
        _file = MemoryMappedFile.CreateFromFile(file, FileMode.Create, null, HeaderBytes + Mutator.MaximumBytes);
        _view = _file.CreateViewAccessor();
    }

    public FuzzTarget? Target { get; private set; }

    public byte[]? Bytes { get; private set; }

    /// <summary>How long it has been at its input.</summary>
    public TimeSpan Busy => Volatile.Read(ref _since) is var since and > 0 ? Stopwatch.GetElapsedTime(since) : TimeSpan.Zero;

    public void Begin(FuzzTarget target, byte[] bytes)
    {
        (Target, Bytes) = (target, bytes);
        var header = new byte[HeaderBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(header, Magic);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(4), bytes.Length);
        Encoding.ASCII.GetBytes(target.Name, header.AsSpan(8));
        _view.WriteArray(0, header, 0, header.Length);
        _view.WriteArray(HeaderBytes, bytes, 0, bytes.Length);
        Volatile.Write(ref _since, Stopwatch.GetTimestamp());
    }

    public TimeSpan End()
    {
        var took = Busy;
        Volatile.Write(ref _since, 0);
        return took;
    }

    /// <summary>The parser and the input in a file that a worker left; null where it is none.</summary>
    public static (string Target, byte[] Bytes)? Unpack(byte[] left) =>
        left.Length < HeaderBytes || BinaryPrimitives.ReadUInt32LittleEndian(left) != Magic ? null
            : (Encoding.ASCII.GetString(left, 8, HeaderBytes - 8).TrimEnd('\0'), left[HeaderBytes..(HeaderBytes + BinaryPrimitives.ReadInt32LittleEndian(left.AsSpan(4)))]);

    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
    }
}
