using System.Buffers;
using System.Security.Cryptography;
using Lodestream.Server.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.Win32.SafeHandles;

namespace Lodestream.Server.Files;

/// <summary>
/// Knows what files hold: their content hash, their forms and, for the small and often used, their bytes. A file is read when it
/// is first asked for and again when its length or time of change differ; one look at its folder's entry per request tells.
/// </summary>
/// <param name="cache">Keeps bytes.</param>
/// <param name="maxCachedFile">Longest file, in bytes, that is kept in memory; longer ones are sent from disk.</param>
/// <param name="metrics">Counts hits and makings.</param>
/// <param name="clock">Tells how long ago a file was written.</param>
internal sealed class ContentStore(ByteCache cache, long maxCachedFile, ServerMetrics metrics, TimeProvider clock) : IDisposable
{
    private const int BufferBytes = 128 * 1024;

    /// <summary>How often a file that changes while it is read is read again before it is given up.</summary>
    private const int MaxAttempts = 3;

    /// <summary>Siblings that come, go or change while their file stays what it is are noticed after this long.</summary>
    private static readonly TimeSpan SiblingsInterval = TimeSpan.FromSeconds(1);

    /// <summary>Hashing and compressing keep a core busy each; requests that need neither must not wait behind them.</summary>
    private readonly SemaphoreSlim _workers = new(Math.Max(1, Environment.ProcessorCount));

    /// <summary>The present version of a file.</summary>
    /// <returns>It, or null where there is no such file any more.</returns>
    /// <exception cref="IOException">The file cannot be read, or changes faster than it can be.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public ValueTask<ContentVersion?> CurrentAsync(ServedFile file) =>
        file.Known is { } known && IsCurrent(file, known) ? new(known) : new(ReadAsync(file));

    /// <summary>The form of a content this request is best answered with.</summary>
    /// <remarks>A request for a range gets the plain bytes: offsets are the file's.</remarks>
    public ValueTask<Representation> ChooseAsync(ContentVersion version, IHeaderDictionary request)
    {
        if (!version.Varies)
            return new(version.Plain);
        var accepted = AcceptedCodings.Read(request.AcceptEncoding);
        if (version.IsGzip)
            return accepted.Gzip > 0 ? new(version.Plain) : FormAsync(version, ContentCoding.Identity);
        if (request.Range.Count > 0)
            return new(version.Plain);
        var coding = accepted.Best(version.HasBrotli, version.HasGzip);
        return coding == ContentCoding.Identity ? new(version.Plain) : FormAsync(version, coding);
    }

    /// <summary>The bytes of a representation.</summary>
    /// <returns>They, or null where they are to be sent from its file.</returns>
    public ValueTask<byte[]?> BytesAsync(Representation representation)
    {
        if (representation.Cached.Use() is { } bytes)
        {
            metrics.CacheHit();
            return new(bytes);
        }

        metrics.CacheMiss();
        if (representation.Source.File is not null && (representation.Length > maxCachedFile || !cache.Admits(representation.Cached, representation.Length)))
            return default;
        return new(ReadAndKeepAsync(representation));
    }

    /// <summary>Forgets what a file held: it turned out to be something else.</summary>
    public void Forget(ServedFile file)
    {
        if (file.Known is not { } known)
            return;
        file.Known = null;
        foreach (var form in known.MadeForms())
            cache.Drop(form.Cached);
    }

    /// <inheritdoc/>
    public void Dispose() => _workers.Dispose();

    private bool IsCurrent(ServedFile file, ContentVersion known)
    {
        if (known.IsLinked && file.Locate()?.Path != known.Path)
            return false;
        if (!FileStamp.TryRead(known.Path, out var stamp) || stamp != known.Stamp)
            return false;
        if (known.IsArchived)
            return true;
        var now = clock.GetTimestamp();
        if (clock.GetElapsedTime(known.SiblingsSeenAt, now) < SiblingsInterval)
            return true;
        known.SiblingsSeenAt = now;
        return Siblings.Of(known.Path, stamp) == known.Siblings;
    }

    private async Task<ContentVersion?> ReadAsync(ServedFile file)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var version = await file.ReadAsync(ReadVersionAsync).ConfigureAwait(false);
                if (version is null || (FileStamp.TryRead(version.Path, out var stamp) && stamp == version.Stamp))
                    return version;
            }
            catch (ContentChangedException) when (attempt < MaxAttempts)
            {
                continue;
            }

            if (attempt == MaxAttempts)
                throw new ContentChangedException(file.Name);
        }
    }

    private async Task<ContentVersion?> ReadVersionAsync(ServedFile file)
    {
        Forget(file);
        if (file.Locate() is not { } location)
            return null;
        await _workers.WaitAsync().ConfigureAwait(false);
        try
        {
            var version = await ReadVersionAsync(location, file.Type).ConfigureAwait(false);
            if (version.IsSettled)
                file.Known = version;
            return version;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        finally
        {
            _workers.Release();
        }
    }

    private async Task<ContentVersion> ReadVersionAsync(FileLocation location, MediaType type)
    {
        using var file = FileBytes.OpenShared(location.Path);
        var stamp = FileStamp.Of(file);
        var isSettled = stamp.IsSettled(clock.GetUtcNow());
        CodingOfHead codingOf = type.IsGzipByName ? _ => null : GzipOfHead;
        var plain = location.Entry is { IsStored: false } packed
            ? await UnpackAsync(packed, isSettled, codingOf).ConfigureAwait(false)
            : await ReadRepresentationAsync(file, BytesOf(location, stamp), isSettled, codingOf).ConfigureAwait(false);
        if (FileStamp.Of(file) != stamp)
            throw new ContentChangedException(location.Path);
        return new ContentVersion
        {
            Path = location.Path,
            Stamp = stamp,
            IsLinked = location.IsLinked,
            IsSettled = isSettled,
            Plain = plain,
            IsArchived = location.Entry is not null,
            Siblings = plain.Coding is null && location.Entry is null ? Siblings.Of(location.Path, stamp) : default,
            SiblingsSeenAt = clock.GetTimestamp(),
            IsCompressible = plain.Coding is null && type.IsCompressible && plain.Length is >= Compression.MinLength and <= Compression.MaxLength,
        };
    }

    private static FileBytes BytesOf(FileLocation location, FileStamp stamp) => location.Entry is { Entry: var entry }
        ? new FileBytes(location.Path, stamp, entry.DataOffset, entry.Length)
        : new FileBytes(location.Path, stamp);

    private async Task<Representation> UnpackAsync(ArchivedFile file, bool isSettled, CodingOfHead codingOf)
    {
        var source = new UnpackedBytes(file);
        var bytes = await source.ReadAllAsync().ConfigureAwait(false);
        var plain = new Representation(EntityTag.Of(bytes), bytes.Length, codingOf(bytes), source);
        Keep(plain, bytes, isSettled);
        return plain;
    }

    private static string? GzipOfHead(ReadOnlySpan<byte> head) => head is [0x1F, 0x8B, 0x08, ..] ? "gzip" : null;

    /// <summary>Reads bytes once, for their hash, and keeps them if they are few.</summary>
    private async Task<Representation> ReadRepresentationAsync(SafeFileHandle file, FileBytes source, bool isSettled, CodingOfHead codingOf)
    {
        var length = source.Length;
        if (length <= maxCachedFile && cache.CanHold(length))
        {
            var bytes = await source.ReadAllAsync().ConfigureAwait(false);
            var small = new Representation(EntityTag.Of(bytes), length, codingOf(bytes), source);
            Keep(small, bytes, isSettled);
            return small;
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        var coding = codingOf([]);
        try
        {
            for (long done = 0; done < length;)
            {
                var read = await RandomAccess.ReadAsync(file, buffer.AsMemory(0, (int)Math.Min(buffer.Length, length - done)), source.Offset + done).ConfigureAwait(false);
                if (read == 0)
                    break;
                if (done == 0)
                    coding = codingOf(buffer.AsSpan(0, read));
                hash.AppendData(buffer, 0, read);
                done += read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return new Representation(EntityTag.OfHash(hash.GetHashAndReset()), length, coding, source);
    }

    private async ValueTask<Representation> FormAsync(ContentVersion version, ContentCoding coding) =>
        await version.FormAsync(coding, MakeFormAsync).ConfigureAwait(false) ?? version.Plain;

    private async Task<Representation?> MakeFormAsync(ContentVersion version, ContentCoding coding)
    {
        await _workers.WaitAsync().ConfigureAwait(false);
        try
        {
            return coding switch
            {
                ContentCoding.Identity => await InflateAsync(version).ConfigureAwait(false),
                ContentCoding.Brotli when version.Siblings.Brotli is { } stamp => await ReadSiblingAsync(version, coding, stamp).ConfigureAwait(false),
                ContentCoding.Gzip when version.Siblings.Gzip is { } stamp => await ReadSiblingAsync(version, coding, stamp).ConfigureAwait(false),
                _ => await CompressAsync(version, coding).ConfigureAwait(false),
            };
        }
        finally
        {
            _workers.Release();
        }
    }

    private async Task<Representation> ReadSiblingAsync(ContentVersion version, ContentCoding coding, FileStamp stamp)
    {
        var source = new FileBytes(Siblings.PathOf(version.Path, coding), stamp);
        using var file = source.Open();
        return await ReadRepresentationAsync(file, source, version.IsSettled, _ => NameOf(coding)).ConfigureAwait(false);
    }

    private async Task<Representation?> CompressAsync(ContentVersion version, ContentCoding coding)
    {
        var plain = version.Plain;
        var packed = Compression.Compress(await PlainBytesAsync(plain).ConfigureAwait(false), coding);
        metrics.Compressed(NameOf(coding));
        if (packed.Length >= plain.Length || !cache.CanHold(packed.Length))
            return null;
        var name = NameOf(coding);
        var form = new Representation(
            EntityTag.OfForm(plain.EntityTag, name), packed.Length, name, new MadeBytes(plain, bytes => Compression.Compress(bytes, coding)));
        Keep(form, packed, version.IsSettled);
        return form;
    }

    private async Task<Representation?> InflateAsync(ContentVersion version)
    {
        var gzip = version.Plain;
        if (gzip.Length > Compression.MaxInflated || Compression.Inflate(await PlainBytesAsync(gzip).ConfigureAwait(false)) is not { } bytes)
            return null;
        var form = new Representation(EntityTag.OfForm(gzip.EntityTag, "plain"), bytes.Length, null, new MadeBytes(gzip, packed => Compression.Inflate(packed)!));
        Keep(form, bytes, version.IsSettled);
        return form;
    }

    private static async Task<byte[]> PlainBytesAsync(Representation plain) => plain.Cached.Use() ?? await plain.ReadAsync().ConfigureAwait(false);

    private async Task<byte[]?> ReadAndKeepAsync(Representation representation)
    {
        var bytes = await representation.ReadAsync().ConfigureAwait(false);
        cache.Keep(representation.Cached, bytes);
        return bytes;
    }

    /// <summary>Bytes of a version that is not kept live as long as its requests.</summary>
    private void Keep(Representation representation, byte[] bytes, bool isSettled)
    {
        if (!isSettled)
            representation.Cached.Set(bytes);
        else if (cache.Admits(representation.Cached, bytes.Length))
            cache.Keep(representation.Cached, bytes);
    }

    private static string NameOf(ContentCoding coding) => coding == ContentCoding.Brotli ? "br" : "gzip";

    private delegate string? CodingOfHead(ReadOnlySpan<byte> head);
}
