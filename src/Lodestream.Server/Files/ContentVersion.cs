namespace Lodestream.Server.Files;

/// <summary>The precompressed siblings <c>FILE.br</c> and <c>FILE.gz</c> of a file, where there are any to be used.</summary>
internal readonly record struct Siblings(FileStamp? Brotli, FileStamp? Gzip)
{
    /// <summary>A sibling bears its file's time or a later one; tools that copy times round them, Node to a millisecond, archives to two seconds.</summary>
    private static readonly TimeSpan TimeRounding = TimeSpan.FromSeconds(2);

    /// <summary>There is one at least.</summary>
    public bool Any => Brotli is not null || Gzip is not null;

    /// <summary>Looks for siblings. One that is older than the file is a leftover of an earlier build and is not used, nor is a link.</summary>
    public static Siblings Of(string path, FileStamp stamp) => new(Find(PathOf(path, ContentCoding.Brotli), stamp), Find(PathOf(path, ContentCoding.Gzip), stamp));

    /// <summary>The path of a file's sibling.</summary>
    public static string PathOf(string path, ContentCoding coding) => path + (coding == ContentCoding.Brotli ? ".br" : ".gz");

    private static FileStamp? Find(string path, FileStamp of)
    {
        var file = new FileInfo(path);
        return file.Exists && file.LinkTarget is null && file.LastWriteTimeUtc >= of.Modified - TimeRounding
            ? new FileStamp(file.Length, file.LastWriteTimeUtc)
            : null;
    }
}

/// <summary>One state of a content, with the forms it can be sent in; those that cost something are made when first asked for.</summary>
internal sealed class ContentVersion
{
    private readonly Lock _gate = new();
    private Task<Representation?>? _brotli;
    private Task<Representation?>? _gzip;
    private Task<Representation?>? _inflated;

    /// <summary>Real path of the file it was read from; empty for content that never was in a file.</summary>
    public string Path { get; init; } = "";

    /// <summary>The file's stamp when it was read.</summary>
    public FileStamp Stamp { get; init; }

    /// <summary>The file was found through a link, which may come to lead elsewhere while both files stay what they are.</summary>
    public bool IsLinked { get; init; }

    /// <summary>It is a file in an archive, which is the file that <see cref="Path"/> and <see cref="Stamp"/> speak of; it has no siblings.</summary>
    public bool IsArchived { get; init; }

    /// <summary>The stamp vouches for the bytes. Where it does not, the version answers the requests that wait for it and is not kept.</summary>
    public bool IsSettled { get; init; } = true;

    /// <summary>The bytes as they are.</summary>
    public required Representation Plain { get; init; }

    /// <summary>The precompressed siblings.</summary>
    public Siblings Siblings { get; init; }

    /// <summary>When the siblings were last looked at, in the clock's ticks.</summary>
    public long SiblingsSeenAt { get; set; }

    /// <summary>It may be compressed while a client waits.</summary>
    public bool IsCompressible { get; init; }

    /// <summary>The plain bytes are a gzip stream under a plain name, as tilers of the past wrote them: unreadable unless the answer says so.</summary>
    public bool IsGzip => Plain.Coding is not null;

    /// <summary>Another client may get other bytes: the answer needs <c>Vary: Accept-Encoding</c>.</summary>
    public bool Varies => IsGzip || Siblings.Any || IsCompressible;

    /// <summary>What someone prepared is preferred to what would have to be made.</summary>
    public bool HasBrotli => Siblings.Any ? Siblings.Brotli is not null : IsCompressible;

    /// <summary>As <see cref="HasBrotli"/>.</summary>
    public bool HasGzip => Siblings.Any ? Siblings.Gzip is not null : IsCompressible;

    /// <summary>Content that never was in a file.</summary>
    public static ContentVersion OfMemory(byte[] bytes, bool isCompressible)
    {
        var plain = new Representation(EntityTag.Of(bytes), bytes.Length, null, new MemoryBytes(bytes));
        plain.Cached.Set(bytes);
        return new() { Plain = plain, IsSettled = false, IsCompressible = isCompressible && bytes.Length >= Compression.MinLength };
    }

    /// <summary>The content in a coding, or a gzip stream unpacked (<see cref="ContentCoding.Identity"/>). Several askers share one making.</summary>
    /// <returns>The form, or null where it would not pay.</returns>
    public Task<Representation?> FormAsync(ContentCoding coding, Func<ContentVersion, ContentCoding, Task<Representation?>> make)
    {
        ref var form = ref FormOf(coding);
        var made = Volatile.Read(ref form);
        if (made is { IsFaulted: false })
            return made;
        lock (_gate)
        {
            if (form is null or { IsFaulted: true })
                form = Task.Run(() => make(this, coding));
            return form;
        }
    }

    /// <summary>The forms that were made.</summary>
    public IEnumerable<Representation> MadeForms()
    {
        yield return Plain;
        foreach (var form in new[] { _brotli, _gzip, _inflated })
        {
            if (form is { IsCompletedSuccessfully: true, Result: { } representation })
                yield return representation;
        }
    }

    private ref Task<Representation?>? FormOf(ContentCoding coding)
    {
        switch (coding)
        {
            case ContentCoding.Brotli:
                return ref _brotli;
            case ContentCoding.Gzip:
                return ref _gzip;
            default:
                return ref _inflated;
        }
    }
}
