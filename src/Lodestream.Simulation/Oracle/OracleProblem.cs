using Lodestream.Scene;
using Lodestream.Selection;
using Lodestream.Simulation.Figures;
using Lodestream.Simulation.Scenes;

namespace Lodestream.Simulation.Oracle;

/// <summary>What an order of loading is judged by: moments and what they want, what tiles take, and when each may be fetched.</summary>
internal sealed class OracleProblem
{
    /// <summary>How long before the first frame that wants it a tile may be fetched, seconds.</summary>
    public const double Ahead = 0.5;

    private readonly Dictionary<int, OracleTile> _tiles = [];
    private readonly SceneSurvey _survey;
    private readonly bool _streamsTopology;

    /// <summary>Makes the problem of a run.</summary>
    /// <param name="survey">The scene.</param>
    /// <param name="streamsTopology">Whether documents have to be fetched before what they name.</param>
    /// <param name="moments">When quality was sampled, and what was wanted.</param>
    /// <param name="end">Until when, seconds.</param>
    /// <param name="link">The link.</param>
    /// <param name="budget">Memory, bytes.</param>
    /// <param name="hasMasks">Whether the host can draw a tile around some of its children.</param>
    public OracleProblem(SceneSurvey survey, bool streamsTopology, IReadOnlyList<QualityMoment> moments, double end, OracleLink link, long budget, bool hasMasks)
    {
        (_survey, _streamsTopology, Link, Budget, HasMasks) = (survey, streamsTopology, link, budget, hasMasks);
        Times = [.. moments.Select(moment => moment.Seconds)];
        Frames = [.. moments.Select(moment => moment.Frame)];
        Lengths = [.. moments.Select((moment, i) => (i + 1 < moments.Count ? moments[i + 1].Seconds : end) - moment.Seconds)];
        for (var i = 0; i < Frames.Length; i++)
        {
            if (i > 0 && Frames[i] == Frames[i - 1])
                continue;

            // It may have been wanted as soon as the frame after the sample before.
            var wantedFrom = i == 0 ? 0 : Times[i - 1];
            foreach (ref readonly var visit in Frames[i].Visits.AsSpan())
                Note(visit.Tile, Math.Max(0, wantedFrom - Ahead));
        }
        for (var i = Frames.Length - 1; i >= 0; i--)
        {
            foreach (ref readonly var visit in Frames[i].Visits.AsSpan())
                _tiles[visit.Tile].LastMoment = Math.Max(_tiles[visit.Tile].LastMoment, i);
        }
    }

    public double[] Times { get; }

    public DemandFrame[] Frames { get; }

    /// <summary>From each moment to the next, seconds.</summary>
    public double[] Lengths { get; }

    public OracleLink Link { get; }

    public long Budget { get; }

    public bool HasMasks { get; }

    public TileTree Tree => _survey.Tree;

    public double RootError => _survey.RootError;

    /// <summary>All tiles that some moment sees.</summary>
    public IReadOnlyCollection<OracleTile> Tiles => _tiles.Values;

    /// <summary>Mean visible error integrated over time, pixel seconds.</summary>
    /// <param name="errors">At every moment, pixels.</param>
    /// <param name="until">Up to when, seconds.</param>
    public double Integral(double[] errors, double until = double.PositiveInfinity)
    {
        var sum = 0.0;
        for (var i = 0; i < errors.Length && Times[i] < until; i++)
            sum += errors[i] * Lengths[i];
        return sum;
    }

    /// <summary>A tile; null when no moment sees it.</summary>
    public OracleTile? Find(int tile) => _tiles.GetValueOrDefault(tile);

    /// <summary>Whether children draw themselves one by one where their parent, or what fills in for it, is drawn.</summary>
    public bool CanMask(int tile)
    {
        ref readonly var links = ref Tree.Links[tile];
        return ((links.Flags & TileFlags.Maskable) != 0 && (HasMasks || links.MaskAxes == 0)) || (links.Flags & TileFlags.Add) != 0;
    }

    private void Note(int number, double release)
    {
        if (_tiles.ContainsKey(number))
            return;
        var tile = _tiles[number] = new(number, release) { Error = Tree.Nodes[number].GeometricError };
        var failed = false;
        foreach (var content in Tree.SlotsOf(number))
        {
            var found = _survey.ContentOf(content);
            if (Tree.Contents.Records[content].Format == ContentFormat.Tileset)
            {
                tile.DocumentBytes = _streamsTopology && found is not null ? Length(found) : 0;
                continue;
            }
            failed |= found is null or { IsBroken: true } or { IsUnsupported: true };
            tile.HasContent = true;
            if (found is null)
                continue;
            tile.Bytes += Length(found);
            tile.LeastBytes += Tree.OtherTilesOf(content).Count > 0 ? 0 : found.Length;
            tile.GpuBytes += found.GeometryBytes + found.TextureBytes;
        }

        // With children it then counts as content-less; a leaf is not drawable.
        tile.IsLive = tile.HasContent && !failed;
        tile.HasContent &= !failed || Tree.Links[number].ChildCount == 0;
    }

    private long Length(OriginContent content)
    {
        var bytes = content.Length;
        foreach (var file in content.Files)
            bytes += _survey.FileLength(file.Uri);
        return bytes;
    }
}

/// <summary>A tile as a job.</summary>
/// <param name="number">The tile, in the survey's tree.</param>
/// <param name="release">When it may be asked for, seconds.</param>
internal sealed class OracleTile(int number, double release)
{
    public int Number { get; } = number;

    public double Release { get; } = release;

    public double Error { get; init; }

    /// <summary>It names something to draw that is not to be passed over.</summary>
    public bool HasContent { get; set; }

    /// <summary>What it names can be had.</summary>
    public bool IsLive { get; set; }

    /// <summary>Bytes of its contents with the files these depend on.</summary>
    public long Bytes { get; set; }

    /// <summary>The least its contents can take of the link: what others may share is not counted.</summary>
    public long LeastBytes { get; set; }

    public long GpuBytes { get; set; }

    /// <summary>Bytes of the document that says what lies below it; 0 where its own document says so.</summary>
    public long DocumentBytes { get; set; }

    /// <summary>The last moment that sees it.</summary>
    public int LastMoment { get; set; }
}
