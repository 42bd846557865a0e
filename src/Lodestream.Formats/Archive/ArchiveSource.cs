using Microsoft.Win32.SafeHandles;

namespace Lodestream.Formats.Archive;

/// <summary>The bytes of an archive, read in place. Read from several threads at once.</summary>
public abstract class ArchiveSource : IDisposable
{
    /// <summary>Length in bytes.</summary>
    public abstract long Length { get; }

    /// <summary>Reads a range, all of it.</summary>
    /// <param name="offset">Of the first byte; the range lies within <see cref="Length"/>.</param>
    /// <param name="into">Where to.</param>
    /// <param name="cancellation">Calls the reading off.</param>
    /// <exception cref="IOException">It could not be read, or ended early.</exception>
    public abstract ValueTask ReadAsync(long offset, Memory<byte> into, CancellationToken cancellation);

    /// <summary>A local file.</summary>
    /// <exception cref="IOException">It could not be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read.</exception>
    public static ArchiveSource OfFile(string path) =>
        new FileSource(File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.RandomAccess));

    /// <summary>A stream that can seek; it is disposed with the source, and read by one caller at a time.</summary>
    public static ArchiveSource OfStream(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return stream.CanSeek ? new StreamSource(stream) : throw new ArgumentException("An archive is read in place: its stream must be able to seek.", nameof(stream));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Lets go of what it holds.</summary>
    protected virtual void Dispose(bool disposing)
    {
    }

    private sealed class FileSource(SafeFileHandle handle) : ArchiveSource
    {
        public override long Length { get; } = RandomAccess.GetLength(handle);

        // Local reads are short: they are done where they are asked for.
        public override ValueTask ReadAsync(long offset, Memory<byte> into, CancellationToken cancellation)
        {
            cancellation.ThrowIfCancellationRequested();
            for (var done = 0; done < into.Length;)
            {
                var read = RandomAccess.Read(handle, into.Span[done..], offset + done);
                if (read == 0)
                    return ValueTask.FromException(new EndOfStreamException($"ended at byte {offset + done}"));
                done += read;
            }
            return ValueTask.CompletedTask;
        }

        protected override void Dispose(bool disposing)
        {
            handle.Dispose();
            base.Dispose(disposing);
        }
    }

    /// <summary>A range of another source, which it does not dispose: an archive in an archive.</summary>
    internal sealed class Slice(ArchiveSource source, long start, long length) : ArchiveSource
    {
        public override long Length => length;

        public override ValueTask ReadAsync(long offset, Memory<byte> into, CancellationToken cancellation) =>
            source.ReadAsync(start + offset, into, cancellation);
    }

    private sealed class StreamSource(Stream stream) : ArchiveSource
    {
        private readonly SemaphoreSlim _gate = new(1, 1);

        public override long Length { get; } = stream.Length;

        public override async ValueTask ReadAsync(long offset, Memory<byte> into, CancellationToken cancellation)
        {
            await _gate.WaitAsync(cancellation).ConfigureAwait(false);
            try
            {
                stream.Position = offset;
                await stream.ReadExactlyAsync(into, cancellation).ConfigureAwait(false);
            }
            finally
            {
                _gate.Release();
            }
        }

        protected override void Dispose(bool disposing)
        {
            stream.Dispose();
            _gate.Dispose();
            base.Dispose(disposing);
        }
    }
}
