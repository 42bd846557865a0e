using System.Runtime.InteropServices;
using Lodestream.Geometry;
using Lodestream.Selection;
using Lodestream.Simulation.Scenes;

namespace Lodestream.Simulation.Figures;

/// <summary>A wanted tile as the sampling rays see it.</summary>
/// <param name="Visit">Its visit.</param>
/// <param name="Tile">The tile, in the survey's tree.</param>
/// <param name="Weight">Share of the frame's samples that meet it.</param>
/// <param name="PxPerMetre">Pixels on screen of a metre of error there: K ÷ distance to its volume, from the near plane on.</param>
/// <param name="Level">Level of what is wanted there: the tile's, or that of the tile its part is left to.</param>
/// <param name="AllowedPx">Error that is none there: the target's; where a policy wants something coarser, that tile's.</param>
internal readonly record struct WantedTile(int Visit, int Tile, double Weight, double PxPerMetre, int Level, double AllowedPx);

/// <summary>What a view wants in truth, with all topology known, and where the sampling rays meet it.</summary>
internal sealed class DemandFrame
{
    public required Visit[] Visits { get; init; }

    public required WantedTile[] Wanted { get; init; }

    /// <summary>The samples: number among <see cref="Wanted"/>, and point.</summary>
    public required (int Wanted, Vector3d Point)[] Samples { get; init; }
}

/// <summary>
/// What a camera's path wants, pose by pose. It depends on scene and camera alone, so that runs over different networks share it.
/// </summary>
internal sealed class PathDemand(SceneSurvey survey, ISelectionPolicy policy)
{
    private readonly GroundSampler _sampler = new(survey.Tree, ground: null);
    private readonly VisibilitySet _set = new();
    private readonly Dictionary<int, DemandFrame> _frames = [];

    /// <summary>The pose before the camera sets off is pose 0; the one in which it stops has this number.</summary>
    public const int Stop = int.MaxValue;

    public SceneSurvey Survey => survey;

    /// <summary>What a pose wants; it is looked at once.</summary>
    /// <param name="pose">Number of the sample on the path.</param>
    /// <param name="view">The view there.</param>
    public DemandFrame At(int pose, in View view)
    {
        if (!_frames.TryGetValue(pose, out var frame))
            _frames[pose] = frame = Look(view);
        return frame;
    }

    /// <summary>What a view wants.</summary>
    public DemandFrame Look(in View view)
    {
        survey.Select([view], _set, policy);
        var visitOf = new Dictionary<int, int>();
        for (var i = 0; i < _set.Count; i++)
            visitOf[_set.Visits[i].Tile] = i;
        var number = new Dictionary<int, int>();
        var tiles = new List<(int Tile, int Rays)>();
        var samples = new List<(int, Vector3d)>();
        _sampler.Look(view, _set, (tile, point) =>
        {
            if (!number.TryGetValue(tile, out var wanted))
            {
                number[tile] = wanted = tiles.Count;
                tiles.Add((tile, 0));
            }
            CollectionsMarshal.AsSpan(tiles)[wanted].Rays++;
            samples.Add((wanted, point));
        });
        var lens = view;
        return new()
        {
            Visits = _set.Visits.ToArray(),
            Wanted = [.. tiles.Select(tile => WantedAt(visitOf[tile.Tile], (double)tile.Rays / samples.Count, lens))],
            Samples = [.. samples],
        };
    }

    private WantedTile WantedAt(int visit, double weight, in View view)
    {
        var tile = _set.Visits[visit].Tile;
        var pxPerMetre = view.PixelScale / Math.Max(view.Near, survey.Tree.Volume(tile).DistanceTo(view.Position));
        if (policy is ScreenSpaceErrorPolicy)
            return new(visit, tile, weight, pxPerMetre, survey.Tree.Links[tile].Level, view.TargetErrorPx);
        var wanted = visit;
        while (wanted > 0 && (_set.Visits[wanted].Flags & (VisitFlags.Primary | VisitFlags.Underlay)) == 0)
            wanted = _set.Visits[wanted].Parent;
        var source = wanted > 0 ? _set.Visits[wanted].Tile : tile;
        return new(visit, tile, weight, pxPerMetre, survey.Tree.Links[source].Level, Math.Max(view.TargetErrorPx, survey.Tree.Nodes[source].GeometricError * pxPerMetre));
    }

    /// <summary>What is drawn at a sample.</summary>
    public Sample Drawn(DemandFrame frame, int sample, Runs.Screen screen) =>
        _sampler.Drawn(frame.Wanted[frame.Samples[sample].Wanted].Tile, frame.Samples[sample].Point, screen);
}
