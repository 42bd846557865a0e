using System.Globalization;
using Lodestream.Formats.Manifest;
using Lodestream.Geometry;
using Lodestream.Tiler.Worlds.City;

namespace Lodestream.Tiler.Worlds;

/// <summary>
/// A city made from a number: streets, an avenue, a park, and buildings of several storeys that can be entered, with rooms and what is in
/// them; written as a manifest scene with coarser models and proxies of its own.
/// </summary>
public static class CityWorld
{
    /// <summary>Rises whenever the same options give other bytes: what caches a world keys it by this and the options.</summary>
    public const int GeneratorVersion = 2;

    /// <summary>What the files name as their maker.</summary>
    public const string GeneratorName = "Lodestream city";

    /// <summary>Name of the manifest.</summary>
    public const string ManifestName = "city.json";

    /// <summary>Name of the camera file with the walk.</summary>
    public const string WalkName = "walk.json";

    // Shared ground, tiles and manifest: tiles take nearly all of the time.
    private const double TilesFrom = 0.02, TilesTo = 0.99;

    /// <summary>
    /// Makes the city in a folder: <c>city.json</c>, payloads in <c>tiles</c>, and <c>walk.json</c>, a camera for the simulator. The folder
    /// appears when all of it is written; a cancelled or failed run leaves nothing.
    /// </summary>
    /// <param name="directory">Where to; absent or empty.</param>
    /// <param name="options">What to make.</param>
    /// <param name="progress">Told how far it is; called from several threads, in order.</param>
    /// <param name="cancellationToken">Ends the work within about a second.</param>
    /// <returns>What was written.</returns>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    /// <exception cref="IOException">The folder exists and is not empty, or can't be written.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static Task<CitySummary> WriteAsync(string directory, CityOptions options, IProgress<WorldProgress>? progress = null, CancellationToken cancellationToken = default) =>
        WorldFolder.MakeAsync(directory, options, progress, folder => Write(folder, options), cancellationToken);

    private static CitySummary Write(WorldFolder folder, CityOptions options)
    {
        var plan = CityPlan.Make(options.Seed, options.SizeMetres);
        var tiles = CityTiling.Divide(plan, options.Partitioning);
        folder.Progress.Tell("Planning streets and houses", 1, 1, TilesFrom);
        var files = new CityTileFiles(folder.Path, options.Payload);
        files.Begin();
        var shared = files.WriteShared(plan);
        var entries = WriteTiles(files, tiles, folder.Parallel, done => folder.Progress.Tell("Building", done, tiles.Count, TilesFrom + (TilesTo - TilesFrom) * done / tiles.Count));
        files.End();
        var views = CityViews.Of(plan);
        var suggested = views.Suggested();
        WriteManifest(folder.Path, options, plan, shared, entries, suggested);
        using (var walk = File.Create(Path.Combine(folder.Path, WalkName)))
            views.WriteWalk(walk);
        return new(entries.Count + 1, plan.Buildings.Count(), suggested);
    }

    private static List<ManifestTile> WriteTiles(CityTileFiles files, List<CityTile> tiles, ParallelOptions parallel, Action<int> report)
    {
        var (entries, done) = (new ManifestTile?[tiles.Count], 0);
        Parallel.For(0, tiles.Count, parallel, i =>
        {
            entries[i] = files.Write(tiles[i]);
            report(Interlocked.Increment(ref done));
        });
        return [.. entries.OfType<ManifestTile>()];
    }

    private static void WriteManifest(string directory, CityOptions options, CityPlan plan, ManifestTile shared, List<ManifestTile> entries, IReadOnlyList<SuggestedView> views)
    {
        using var stream = File.Create(Path.Combine(directory, ManifestName));
        using var writer = new ManifestWriter(stream, new()
        {
            Partitioning = options.Partitioning,
            Defaults = CityTileFiles.Defaults,
            TileSize = new(CityTiling.TileSize, 100, CityTiling.TileSize),
            InteriorZone = options.Partitioning == ManifestPartitioning.UniformGrid ? null : InteriorZone(entries),
            SharedBucket = shared,
            WriteExtras = json =>
            {
                json.WriteString("generator"u8, GeneratorName);
                json.WriteNumber("generatorVersion"u8, GeneratorVersion);
                json.WriteString("seed"u8, options.Seed.ToString(CultureInfo.InvariantCulture));
                json.WriteNumber("sizeMetres"u8, plan.Size);
                json.WriteNumber("buildings"u8, plan.Buildings.Count());
                views.WriteTo(json);
                json.WriteString("walk"u8, WalkName);
            },
        });
        foreach (var entry in entries)
            writer.Write(entry);
        writer.Complete();
    }

    private static ManifestBounds InteriorZone(List<ManifestTile> entries)
    {
        var shells = entries.Where(entry => entry.Tier == Scene.SemanticTier.ExteriorShell).Select(entry => entry.Bounds).ToArray();
        return new(shells.Select(box => box.Min).Aggregate(Vector3d.Min), shells.Select(box => box.Max).Aggregate(Vector3d.Max));
    }
}

/// <summary>What <see cref="CityWorld.WriteAsync"/> wrote.</summary>
/// <param name="Tiles">Number of tiles, with the shared one.</param>
/// <param name="Buildings">Number of buildings.</param>
/// <param name="Views">Places to look from.</param>
public sealed record CitySummary(int Tiles, int Buildings, IReadOnlyList<SuggestedView> Views);
