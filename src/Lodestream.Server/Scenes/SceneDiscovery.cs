using System.Globalization;
using Lodestream.Formats.Archive;
using Lodestream.Formats.Inspection;
using Lodestream.Formats.Manifest;
using Lodestream.Server.Files;
using Microsoft.Extensions.Logging;

namespace Lodestream.Server.Scenes;

/// <summary>Finds the tilesets that paths on a command line mean.</summary>
/// <remarks>
/// A file is that tileset, or the one in that archive. A folder is every <c>tileset*.json</c> directly in it that is a 3D Tiles
/// document, every scene manifest and every <c>.3tz</c>; a folder with none is searched for the nearest folders below that have one.
/// </remarks>
internal sealed partial class SceneDiscovery(ILogger logger, TimeProvider clock)
{
    /// <summary>How far below a named folder tilesets are looked for.</summary>
    private const int MaxSearchDepth = 6;

    /// <summary>How many folders a search visits before it gives up: a home folder named by mistake must not take minutes.</summary>
    private const int MaxFoldersVisited = 20_000;

    /// <summary>How many JSON files of a folder are looked at for manifests: a folder of another kind may hold any number.</summary>
    private const int MaxManifestsLookedFor = 256;

    private readonly List<ServedScene> _scenes = [];
    private readonly HashSet<string> _documents = [];
    private readonly HashSet<string> _ids = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long?> _folderBytes = [];

    /// <summary>Makes the catalogue of all paths.</summary>
    /// <exception cref="ServeException">A path does not exist, cannot be read or holds no tileset.</exception>
    public SceneCatalogue Discover(IEnumerable<string> paths)
    {
        foreach (var path in paths)
        {
            try
            {
                if (File.Exists(path))
                    AddFile(path);
                else if (Directory.Exists(path))
                    AddFolder(path);
                else
                    throw new ServeException($"{path}: no such file or folder");
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new ServeException($"{path}: {e.Message}", e);
            }
        }

        return new SceneCatalogue(_scenes);
    }

    private void AddFile(string path)
    {
        if (ArchiveUri.IsArchive(path))
        {
            if (AddArchive(path) is { } problem)
                throw new ServeException(problem);
            return;
        }

        var file = RealPath.Of(path) ?? throw new ServeException($"{path}: a link that leads nowhere");
        if (SceneFiles.IsManifest(file))
        {
            AddManifest(file);
            return;
        }

        var probe = TilesetProbe.Read(path);
        if (probe.Version is not { } version)
            throw new ServeException($"{path}: {probe.Problem}");
        Add(Path.GetDirectoryName(file)!, Path.GetFileName(file), version, FolderName(Path.GetDirectoryName(Path.GetFullPath(path))!));
    }

    /// <summary>Adds an archive by its tileset.</summary>
    /// <returns>Why it cannot be served, with its name, or null.</returns>
    private string? AddArchive(string path)
    {
        var file = RealPath.Of(path) ?? throw new ServeException($"{path}: a link that leads nowhere");
        using var archive = TileArchive.Open(file, out var problem);
        if (archive is null)
            return problem;
        using (var document = archive.TryOpenEntry(ArchiveUri.RootDocument, out _, out problem))
        {
            if (document is null)
                return problem ?? $"{path}: no {ArchiveUri.RootDocument} in it";
        }

        try
        {
            var probe = TilesetProbe.Read(() => archive.TryOpenEntry(ArchiveUri.RootDocument, out _, out var error) ?? throw new IOException(error));
            if (probe.Version is not { } version)
                return $"{path}: {ArchiveUri.RootDocument}: {probe.Problem}";
            if (_documents.Add(file))
            {
                var name = Path.GetFileNameWithoutExtension(path);
                _scenes.Add(new ServedScene(UniqueId(name), name, file, ArchiveUri.RootDocument, "3dtiles", version, new FileInfo(file).Length) { IsArchive = true });
            }

            return null;
        }
        catch (InvalidDataException)
        {
            return $"{path}: {ArchiveUri.RootDocument}: a damaged deflate stream";
        }
    }

    private void AddFolder(string path)
    {
        var folder = RealPath.Of(path) ?? throw new ServeException($"{path}: a link that leads nowhere");
        var name = FolderName(Path.GetFullPath(path));
        string? problem = null;
        if (AddTilesetsIn(folder, name, ref problem) || AddTilesetsBelow(folder, ref problem))
            return;
        throw new ServeException(problem ?? $"{path}: no tileset.json in this folder or below it, and no scene manifest");
    }

    private bool AddTilesetsIn(string folder, string name, ref string? problem)
    {
        var found = false;
        foreach (var document in Directory.EnumerateFiles(folder, "tileset*.json").Order(StringComparer.Ordinal).OrderByDescending(IsMainDocument))
        {
            var probe = TilesetProbe.Read(document);
            if (probe.Version is { } version)
            {
                Add(folder, Path.GetFileName(document), version, name);
                found = true;
            }
            else
            {
                LogNotATileset(document, probe.Problem!);
                problem ??= $"{document}: {probe.Problem}";
            }
        }

        foreach (var document in Directory.EnumerateFiles(folder, "*.json").Take(MaxManifestsLookedFor).Order(StringComparer.Ordinal).Where(SceneFiles.IsManifest))
        {
            AddManifest(document);
            found = true;
        }

        foreach (var archive in Directory.EnumerateFiles(folder, "*.3tz").Order(StringComparer.Ordinal))
        {
            if (AddArchive(archive) is { } why)
            {
                LogNotATileset(archive, why);
                problem ??= why;
            }
            else
            {
                found = true;
            }
        }

        return found;
    }

    private bool AddTilesetsBelow(string root, ref string? problem)
    {
        var found = false;
        var visited = 0;
        var pending = new Queue<(string Folder, int Depth)>([(root, 0)]);
        while (pending.TryDequeue(out var parent))
        {
            foreach (var folder in Directory.EnumerateDirectories(parent.Folder, "*", VisibleEntries).Order(StringComparer.Ordinal))
            {
                if (++visited > MaxFoldersVisited)
                    throw new ServeException($"{root}: more than {MaxFoldersVisited} folders without being done; name the tileset's folder itself");
                var name = Path.GetRelativePath(root, folder).Replace(Path.DirectorySeparatorChar, '/');
                if (AddTilesetsIn(folder, name, ref problem))
                    found = true;
                else if (parent.Depth + 1 < MaxSearchDepth)
                    pending.Enqueue((folder, parent.Depth + 1));
            }
        }

        return found;
    }

    private static EnumerationOptions VisibleEntries => new()
    {
        // Links could lead in circles or out of the folder; dot files are never served.
        AttributesToSkip = FileAttributes.ReparsePoint | FileAttributes.Hidden | FileAttributes.System,
        IgnoreInaccessible = true,
    };

    private void Add(string folder, string document, string version, string folderName)
    {
        if (!_documents.Add(Path.Combine(folder, document)))
            return;
        var variant = VariantOf(document);
        var name = variant is null ? folderName : $"{folderName} ({variant})";
        var id = UniqueId(variant is null ? folderName : $"{folderName}-{variant}");
        _scenes.Add(new ServedScene(id, name, folder, document, "3dtiles", version, BytesOf(folder)));
    }

    // A manifest is called what the scene is called; its payloads lie in a folder beside it.
    private void AddManifest(string path)
    {
        var folder = Path.GetDirectoryName(path)!;
        if (!_documents.Add(path))
            return;
        var name = Path.GetFileNameWithoutExtension(path);
        using var file = File.OpenRead(path);
        var start = new byte[Math.Min(1 << 16, file.Length)];
        var version = ManifestReader.VersionOf(start.AsSpan(0, file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)));
        _scenes.Add(new ServedScene(UniqueId(name), name, folder, Path.GetFileName(path), "manifest", version?.ToString(CultureInfo.InvariantCulture) ?? "", BytesOf(folder)));
    }

    private static bool IsMainDocument(string path) => Path.GetFileName(path) == "tileset.json";

    /// <summary><c>tileset-add.json</c> is the variant <c>add</c> of its folder's scene; <c>tileset.json</c> is the scene itself.</summary>
    private static string? VariantOf(string document)
    {
        var stem = Path.GetFileNameWithoutExtension(document);
        if (stem == "tileset")
            return null;
        var variant = stem.StartsWith("tileset", StringComparison.Ordinal) ? stem["tileset".Length..].TrimStart('-', '_', '.') : stem;
        return variant.Length == 0 ? stem : variant;
    }

    private static string FolderName(string folder)
    {
        var name = Path.GetFileName(Path.TrimEndingDirectorySeparator(folder));
        return name.Length == 0 ? "tileset" : name;
    }

    private string UniqueId(string name)
    {
        var slug = string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-' ? c : '-')).Trim('-', '.');
        if (slug.Length == 0)
            slug = "tileset";
        var id = slug;
        for (var n = 2; !_ids.Add(id); n++)
            id = $"{slug}-{n}";
        return id;
    }

    private long? BytesOf(string folder)
    {
        if (_folderBytes.TryGetValue(folder, out var known))
            return known;
        return _folderBytes[folder] = FolderVersion.Take(folder, clock.GetUtcNow())?.Bytes;
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "not listed: {Document}: {Problem}")]
    private partial void LogNotATileset(string document, string problem);
}
