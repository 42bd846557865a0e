using System.Text.Json;
using System.Text.Json.Serialization;

namespace Lodestream.Formats.Inspection;

/// <summary>How bad a problem is.</summary>
public enum ProblemSeverity
{
    /// <summary>Something to know; nothing is wrong with the scene.</summary>
    Note,

    /// <summary>The scene shows, but not as well as it could.</summary>
    Warning,

    /// <summary>Something of the scene cannot be shown.</summary>
    Error,
}

/// <summary>What kind of problem it is.</summary>
public enum ProblemKind
{
    /// <summary>A document could not be read or is no tileset.</summary>
    BrokenDocument,

    /// <summary>A document names itself, directly or through others, or documents are nested too deep.</summary>
    EndlessDocuments,

    /// <summary>Something in a document was passed over or mended.</summary>
    DocumentWarning,

    /// <summary>A file that is named does not exist.</summary>
    MissingFile,

    /// <summary>A file could not be fetched.</summary>
    UnreadableFile,

    /// <summary>A content cannot be decoded.</summary>
    BrokenContent,

    /// <summary>A content uses what is not supported yet.</summary>
    UnsupportedContent,

    /// <summary>A content's bytes are not what its URI says.</summary>
    FormatMismatch,

    /// <summary>A tile's geometric error is greater than its parent's.</summary>
    ErrorInversion,

    /// <summary>A tile reaches out of its parent's bounding volume.</summary>
    OutsideParent,

    /// <summary>A content's vertices reach out of its tile's bounding volume.</summary>
    OutsideVolume,

    /// <summary>Children that replace their parent overlap: the parent cannot be drawn around those that are here.</summary>
    OverlappingSiblings,

    /// <summary>A file lies with the scene and nothing names it.</summary>
    OrphanFile,
}

/// <summary>Something found wrong.</summary>
/// <param name="Severity">How bad it is.</param>
/// <param name="Kind">What kind it is.</param>
/// <param name="Place">The file, and after # the JSON path of the tile where there is one.</param>
/// <param name="Message">What is wrong.</param>
public sealed record SceneProblem(ProblemSeverity Severity, ProblemKind Kind, string Place, string Message);

/// <summary>A level of a scene.</summary>
/// <param name="Level">Tiles above: 0 is the root.</param>
/// <param name="Tiles">Tiles of the level.</param>
/// <param name="Contents">Contents first named on the level.</param>
/// <param name="Bytes">Bytes of these contents.</param>
/// <param name="MinGeometricError">Least geometric error, metres in the scene's frame.</param>
/// <param name="MaxGeometricError">Greatest geometric error, metres in the scene's frame.</param>
public sealed record LevelFigures(int Level, int Tiles, int Contents, long Bytes, double MinGeometricError, double MaxGeometricError);

/// <summary>Contents of one kind.</summary>
/// <param name="Name">The kind.</param>
/// <param name="Contents">How many there are.</param>
/// <param name="Bytes">Their bytes.</param>
public sealed record ContentFigures(string Name, int Contents, long Bytes);

/// <summary>What everything would take on a GPU at once.</summary>
/// <param name="GeometryBytes">Vertex and index buffers.</param>
/// <param name="TextureBytes">Textures with mip levels.</param>
/// <param name="Vertices">Vertices.</param>
/// <param name="Triangles">Triangles.</param>
/// <param name="Unmeasured">Contents that could not be measured, and are missing from these figures.</param>
public sealed record GpuFigures(long GeometryBytes, long TextureBytes, long Vertices, long Triangles, int Unmeasured);

/// <summary>A class of a scene's metadata.</summary>
/// <param name="Schema">Identifier of its schema.</param>
/// <param name="Class">Its identifier.</param>
/// <param name="Properties">Its properties: identifier, type, component type.</param>
public sealed record MetadataFigures(string Schema, string Class, IReadOnlyList<string> Properties);

/// <summary>Tiles of a floor.</summary>
/// <param name="Floor">0 at the ground.</param>
/// <param name="Tiles">How many there are.</param>
public sealed record FloorFigures(int Floor, int Tiles);

/// <summary>Tiles of a semantic tier.</summary>
/// <param name="Tier">The tier.</param>
/// <param name="Tiles">How many there are.</param>
public sealed record TierFigures(string Tier, int Tiles);

/// <summary>What a scene manifest says.</summary>
/// <param name="Tiles">Tiles, the shared one aside.</param>
/// <param name="Shared">1 where there is a shared bucket.</param>
/// <param name="Lods">Coarser models of single tiles.</param>
/// <param name="Hlods">Merged proxies.</param>
/// <param name="Floors">Tiles of each floor.</param>
/// <param name="Tiers">Tiles of each semantic tier.</param>
/// <param name="InteriorTiles">Tiles that load only from inside.</param>
/// <param name="Regions">Regions that node ids make.</param>
/// <param name="HasInteriorZone">Whether there is an inside.</param>
/// <param name="FileBytes">Bytes of the full tiles, as the manifest names them.</param>
public sealed record ManifestFigures(
    int Tiles, int Shared, int Lods, int Hlods, IReadOnlyList<FloorFigures> Floors, IReadOnlyList<TierFigures> Tiers, int InteriorTiles, int Regions, bool HasInteriorZone, long FileBytes);

/// <summary>What a scene holds, and every problem found.</summary>
public sealed record SceneReport
{
    /// <summary>URI of the scene's first document.</summary>
    public required string Scene { get; init; }

    /// <summary>Documents that were read.</summary>
    public required int Documents { get; init; }

    /// <summary>Their bytes.</summary>
    public required long DocumentBytes { get; init; }

    /// <summary>Tiles.</summary>
    public required int Tiles { get; init; }

    /// <summary>Tiles whose children replace them.</summary>
    public required int ReplaceTiles { get; init; }

    /// <summary>Tiles whose children are added to them.</summary>
    public required int AddTiles { get; init; }

    /// <summary>Different contents.</summary>
    public required int Contents { get; init; }

    /// <summary>Bytes of the contents that could be read; 0 where contents were not read.</summary>
    public required long ContentBytes { get; init; }

    /// <summary>The levels, root first.</summary>
    public required IReadOnlyList<LevelFigures> Levels { get; init; }

    /// <summary>The contents by format, most bytes first.</summary>
    public required IReadOnlyList<ContentFigures> Formats { get; init; }

    /// <summary>The contents by family, most bytes first.</summary>
    public required IReadOnlyList<ContentFigures> Families { get; init; }

    /// <summary>Subtrees of implicit tilesets that were read, among the documents.</summary>
    public required int Subtrees { get; init; }

    /// <summary>Content groups of all tilesets.</summary>
    public required int Groups { get; init; }

    /// <summary>Classes of the tilesets' metadata schemas.</summary>
    public required IReadOnlyList<MetadataFigures> Metadata { get; init; }

    /// <summary>What its manifest says; null where it is no manifest scene.</summary>
    public ManifestFigures? Manifest { get; init; }

    /// <summary>What everything would take on a GPU; null where contents were not read.</summary>
    public required GpuFigures? Gpu { get; init; }

    /// <summary>The problems, worst first; of each kind at most <see cref="InspectionOptions.MaximumProblemsPerKind"/>.</summary>
    public required IReadOnlyList<SceneProblem> Problems { get; init; }

    /// <summary>How many problems were found in all.</summary>
    public required int ProblemCount { get; init; }

    /// <summary>How many of them are errors.</summary>
    public required int ErrorCount { get; init; }

    /// <summary>The report as JSON, camel case, UTF-8.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, SceneReportJson.Default.SceneReport);
}

/// <summary>The JSON shape of a <see cref="SceneReport"/>.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, WriteIndented = true)]
[JsonSerializable(typeof(SceneReport))]
public sealed partial class SceneReportJson : JsonSerializerContext;
