using Lodestream.Geometry;

namespace Lodestream.Tiler.Worlds.City;

/// <summary>How much of the outside is drawn.</summary>
internal enum CityDetail
{
    /// <summary>All of it.</summary>
    Whole,

    /// <summary>The first coarser model: no reveals, nothing small.</summary>
    Flat,

    /// <summary>The second: boxes with stripes of windows.</summary>
    Striped,

    /// <summary>The proxy: boxes of one colour.</summary>
    Box,
}

/// <summary>Something that stands in the city and goes to tiles as one.</summary>
internal abstract class CitySite
{
    /// <summary>Its name, one of its own.</summary>
    public abstract string Name { get; }

    /// <summary>Where it is, for the dividing into tiles.</summary>
    public abstract Vector3d Center { get; }

    /// <summary>Floors one can walk on; 0 for what is no building.</summary>
    public virtual int Floors => 0;

    /// <summary>Draws its outside.</summary>
    public abstract void Draw(CityDetail detail, CityMesh mesh);

    /// <summary>Draws what is small about it and seen from near only, outside.</summary>
    public virtual void DrawSmall(CityMesh mesh)
    {
    }
}

/// <summary>A building.</summary>
internal sealed class BuildingSite(BuildingPlan plan) : CitySite
{
    public BuildingPlan Plan => plan;

    public override string Name => FormattableString.Invariant($"building {plan.Number}");

    public override Vector3d Center => plan.Center;

    public override int Floors => plan.Floors;

    public override void Draw(CityDetail detail, CityMesh mesh)
    {
        switch (detail)
        {
            case CityDetail.Whole:
                FacadeDrawing.DrawWhole(plan, mesh);
                break;
            case CityDetail.Flat:
                FacadeDrawing.DrawFlat(plan, mesh);
                break;
            case CityDetail.Striped:
                FacadeDrawing.DrawStriped(plan, mesh);
                break;
            default:
                FacadeDrawing.DrawBox(plan, mesh);
                break;
        }
    }
}

/// <summary>A block's inside that is not built on: its court, or all of a park or square.</summary>
internal sealed class OpenSite(int number, CityBlock block, ulong seed) : CitySite
{
    public override string Name => FormattableString.Invariant($"{(block.Use == BlockUse.Built ? "court" : block.Use == BlockUse.Park ? "park" : "square")} {number}");

    public override Vector3d Center => block.Center;

    public override void Draw(CityDetail detail, CityMesh mesh) => OpenSpaceDrawing.Draw(block, detail, mesh, CityRandom.For(seed, 102, number));

    public override void DrawSmall(CityMesh mesh) => OpenSpaceDrawing.DrawSmall(block, mesh);
}

/// <summary>A side of a block: the sidewalk, and the street before it.</summary>
/// <param name="number">Its number in the city.</param>
/// <param name="frame">Along the kerb; v to the houses.</param>
/// <param name="length">Its length.</param>
/// <param name="across">Width of the street that it marks; 0 where the side beyond does.</param>
/// <param name="seed">The city's.</param>
internal sealed class StreetSite(int number, PlanFrame frame, double length, double across, ulong seed) : CitySite
{
    public override string Name => FormattableString.Invariant($"street {number}");

    public override Vector3d Center => frame.Point(length / 2, 0, 0);

    public override void Draw(CityDetail detail, CityMesh mesh) => StreetDrawing.Draw(frame, length, across, detail, mesh, CityRandom.For(seed, 103, number));

    public override void DrawSmall(CityMesh mesh) => StreetDrawing.DrawSmall(frame, length, mesh);
}
