using System.Globalization;
using Lodestream.Formats.Tiles3D;
using Lodestream.Tiler.Families;
using Lodestream.Tiler.Meshes;
using Lodestream.Tiler.Worlds.Continent;
using Lodestream.Tiler.Worlds.Places;
using Lodestream.Tiler.Writing;

namespace Lodestream.Tiler.Worlds;

/// <summary>
/// A continent made from a number: coasts, ranges carved by rain, lakes, rivers that run to the sea, provinces with towns and routes
/// between them; written as a standard 3D Tiles 1.1 tileset in metres with z up, which any viewer can open.
/// </summary>
public static class ContinentWorld
{
    /// <summary>Rises whenever the same options give other bytes: what caches a world keys it by this and the options.</summary>
    public const int GeneratorVersion = 2;

    /// <summary>What the files name as their maker.</summary>
    public const string GeneratorName = "Lodestream continent";

    // Shares of the whole work, as measured; for progress only.
    private const double CarveShare = 0.2, SettleShare = 0.1, SampleShare = 0.3;

    /// <summary>
    /// Makes the continent in a folder: <c>tileset.json</c>, <c>subtrees/level/x_y.subtree</c> and <c>family/level/x_y.glb</c>. The folder appears when all of it is written;
    /// a cancelled or failed run leaves nothing.
    /// </summary>
    /// <param name="directory">Where to; absent or empty.</param>
    /// <param name="options">What to make.</param>
    /// <param name="progress">Told how far it is; called from several threads, in order.</param>
    /// <param name="cancellationToken">Ends the work within about a second.</param>
    /// <returns>What was written.</returns>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="IOException">The folder exists and is not empty, or can't be written.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static Task<ContinentSummary> WriteAsync(string directory, ContinentOptions options, IProgress<WorldProgress>? progress = null, CancellationToken cancellationToken = default) =>
        WorldFolder.MakeAsync(directory, options, progress, folder => Write(folder, options), cancellationToken);

    private static ContinentSummary Write(WorldFolder folder, ContinentOptions options)
    {
        var (parallel, report) = (folder.Parallel, folder.Progress);
        var layout = new QuadtreeLayout(options.Levels, options.TileQuads, options.FinestSpacing);
        var terrain = ContinentTerrain.Make(options.Seed, layout.Size, options.ErosionCells, parallel,
            share => report.Tell("Carving the land", (long)(share * 1000), 1000, share * CarveShare));
        report.Tell("Settling the land", 0, 1, CarveShare);
        var places = PlaceModel.Make(options.Seed, terrain, parallel);
        report.Tell("Settling the land", 1, 1, CarveShare + SettleShare);
        var raster = TerrainRaster.Sample(terrain, layout, parallel,
            (done, total) => report.Tell("Sampling the surface", done, total, CarveShare + SettleShare + SampleShare * done / total));
        var errors = TerrainErrors.Measure(raster, options.Sharpness, parallel);
        var families = new TileFamilies(raster, terrain, places, Generator(options));
        var tileset = new ContinentTileset(raster, errors);
        tileset.WriteContents(folder.Path, families, parallel,
            done => report.Tell("Writing tiles", done, tileset.TileCount, CarveShare + SettleShare + SampleShare + (1 - CarveShare - SettleShare - SampleShare) * done / tileset.TileCount));
        var views = ContinentViews.Find(raster, places);
        tileset.WriteTileset(folder.Path, Header(options, layout, raster, errors, views));
        return new(tileset.TileCount, views);
    }

    private static string Generator(ContinentOptions options) =>
        string.Create(CultureInfo.InvariantCulture, $"{GeneratorName} {GeneratorVersion}, seed {options.Seed}");

    private static TilesetHeader Header(ContinentOptions options, QuadtreeLayout layout, TerrainRaster raster, TerrainErrors errors, IReadOnlyList<SuggestedView> views) => new()
    {
        // Nothing drawn is as wrong as the highest peak is high.
        GeometricError = Math.Max(errors[0, 0, 0], raster.Heights.Max()),
        TilesetVersion = string.Create(CultureInfo.InvariantCulture, $"{GeneratorVersion}.{options.Seed}"),
        WriteAssetExtras = json =>
        {
            json.WriteStartObject("lodestream"u8);
            json.WriteString("generator"u8, GeneratorName);
            json.WriteNumber("generatorVersion"u8, GeneratorVersion);
            json.WriteNumber("seed"u8, options.Seed);
            json.WriteNumber("levels"u8, options.Levels);
            json.WriteNumber("sizeMetres"u8, layout.Size);
            views.WriteTo(json);
            json.WriteEndObject();
        },
    };
}

/// <summary>What <see cref="ContinentWorld.WriteAsync"/> wrote.</summary>
/// <param name="Tiles">Number of tiles.</param>
/// <param name="Views">Places to look from.</param>
public sealed record ContinentSummary(int Tiles, IReadOnlyList<SuggestedView> Views);
