using Lodestream.Geometry;
using Lodestream.Tiler.Worlds.Continent;

namespace Lodestream.Tiler.Worlds.Places;

/// <summary>What people have made of a continent: settlements, provinces and their borders, routes, and the names of all of it.</summary>
internal sealed class PlaceModel
{
    private PlaceModel(PlaceGrid grid, List<Settlement> settlements, Provinces provinces, Routes routes, List<Label> labels)
    {
        (Grid, Settlements, Provinces, Routes, Labels) = (grid, settlements, provinces, routes, labels);
        BorderLines = Borders.Between(grid, provinces.Regions);
        RouteLines = routes.Lines(settlements);
    }

    /// <summary>The land as they see it.</summary>
    public PlaceGrid Grid { get; }

    /// <summary>Where they live.</summary>
    public IReadOnlyList<Settlement> Settlements { get; }

    /// <summary>Provinces.</summary>
    public Provinces Provinces { get; }

    /// <summary>Routes, as pieces between nodes of the grid.</summary>
    public Routes Routes { get; }

    /// <summary>Borders as lines, metres from the centre.</summary>
    public IReadOnlyList<(double X, double Y)[]> BorderLines { get; }

    /// <summary>Routes as lines, metres from the centre.</summary>
    public IReadOnlyList<(RouteKind Kind, (double X, double Y)[] Line)> RouteLines { get; }

    /// <summary>Everything that has a name, the most important first.</summary>
    public IReadOnlyList<Label> Labels { get; }

    /// <summary>Settles a terrain; the same seed and terrain give the same.</summary>
    public static PlaceModel Make(ulong seed, ContinentTerrain terrain, ParallelOptions parallel)
    {
        var noise = new GradientNoise(seed).Derived(40);
        var grid = PlaceGrid.Of(terrain, parallel);
        parallel.CancellationToken.ThrowIfCancellationRequested();
        var settlements = Places.Settlements.Find(grid, noise.Derived(0));
        var provinces = Provinces.Grow(grid, settlements, noise.Derived(1));
        parallel.CancellationToken.ThrowIfCancellationRequested();
        var routes = Routes.Build(grid, settlements, provinces, noise.Derived(3));
        var labels = Labelling.Name(terrain, grid, settlements, provinces, noise.Derived(2));
        return new(grid, settlements, provinces, routes, labels);
    }
}

/// <summary>A name on the map.</summary>
/// <param name="Id">The same in every tile that holds it.</param>
/// <param name="Name">The name.</param>
/// <param name="Rank">1 is the most important, 255 the least.</param>
/// <param name="Kind">What it names: <c>province</c>, <c>capital</c>, <c>town</c>, <c>village</c>, <c>peak</c>, <c>lake</c> or <c>river</c>.</param>
/// <param name="Place">Where, metres; z the ground's or the water's height.</param>
/// <param name="CoarsestSpacing">Metres between vertices in the coarsest level that shows it.</param>
internal sealed record Label(uint Id, string Name, byte Rank, string Kind, Vector3d Place, double CoarsestSpacing);
