namespace Lodestream.Server.Scenes;

/// <summary>One tileset of the catalogue.</summary>
/// <param name="Id">Names the scene in URLs: letters, digits, '.', '_' and '-'; unique in the catalogue.</param>
/// <param name="Name">The name people read.</param>
/// <param name="Folder">Real path (links resolved) of the folder, or of the <c>.3tz</c> archive, whose files are served under the id.</param>
/// <param name="Document">File name of the tileset document inside <paramref name="Folder"/>.</param>
/// <param name="Format">The format's name: <c>3dtiles</c> or <c>manifest</c>.</param>
/// <param name="Version">The version the document states, such as <c>1.1</c>; empty where a manifest says it late.</param>
/// <param name="Bytes">Bytes of all files in the folder or of the archive, or null where there are too many to count at start.</param>
public sealed record ServedScene(string Id, string Name, string Folder, string Document, string Format, string Version, long? Bytes)
{
    /// <summary><see cref="Folder"/> is an archive.</summary>
    public bool IsArchive { get; init; }

    /// <summary>The file that must be readable for the scene to be served.</summary>
    internal string DocumentFile => IsArchive ? Folder : Path.Combine(Folder, Document);

    /// <summary>Path of the tileset document on the server.</summary>
    public string Url => $"/tilesets/{Id}/{Uri.EscapeDataString(Document)}";
}
