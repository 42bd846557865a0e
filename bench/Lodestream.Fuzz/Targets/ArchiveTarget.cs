using Lodestream.Formats.Archive;

namespace Lodestream.Fuzz.Targets;

/// <summary>Archives: end records, directory, index, and every entry.</summary>
internal static class ArchiveTarget
{
    private const int MaximumEntries = 24;

    public static Parsed Parse(byte[] bytes)
    {
        var archive = TileArchive.Open(new MemoryStream(bytes, writable: false), "the.3tz", out var error);
        if (archive is null)
            return new(error ?? "", null);
        var (files, broken) = Wait(archive.ListFilesAsync());
        Judge.CheckMessage(broken);

        // What a file becomes is the caller's to allow: here about as much as the archive has.
        var room = bytes.Length + (512L << 10);
        foreach (var (path, _) in files.Take(MaximumEntries))
            Read(archive, path, ref room);
        foreach (var path in (ReadOnlySpan<string>)["tileset.json", "inner.3tz/tileset.json", "inner.3tz/inner.3tz/a", "none", ""])
            Read(archive, path, ref room);
        return new(broken, archive);
    }

    public static void Look(object kept)
    {
        var archive = (TileArchive)kept;
        foreach (var (path, _) in Wait(archive.ListFilesAsync()).Files.Take(MaximumEntries))
        {
            using var stream = archive.TryOpenEntry(path, out _, out var error);
            Judge.CheckMessage(error);
            Drain(stream);
        }
    }

    private static void Read(TileArchive archive, string path, ref long room)
    {
        var file = Wait(archive.ReadAsync(path, Math.Max(0, room)));
        if (file.Bytes is null)
            Judge.CheckMessage(file.Error ?? "");
        if (file.Error is { } error && !error.StartsWith("the.3tz", StringComparison.Ordinal))
            throw new InvalidOperationException($"an error that does not begin with its file: {error}");
        room -= file.Bytes?.Length ?? 0;
    }

    // As a server passes it on: broken data ends the answer with one of these.
    private static void Drain(Stream? stream)
    {
        var buffer = new byte[16 << 10];
        try
        {
            for (var reads = 0; stream is not null && reads < 64 && stream.Read(buffer) > 0; reads++)
                _ = buffer[0];
        }
        catch (Exception e) when (e is InvalidDataException or IOException)
        {
            _ = e;
        }
    }

    // Everything is in memory: what is asked for is there at once.
    private static T Wait<T>(ValueTask<T> task) => task.IsCompleted ? task.Result : task.AsTask().GetAwaiter().GetResult();
}
