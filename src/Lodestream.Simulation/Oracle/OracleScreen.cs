using Lodestream.Scene;
using Lodestream.Selection;
using Lodestream.Simulation.Figures;

namespace Lodestream.Simulation.Oracle;

/// <summary>
/// What would be drawn, and how wrong it would be, if tiles had arrived at given times: by the rules the streamer is held to, masks and
/// sibling groups among them.
/// </summary>
internal sealed class OracleScreen(OracleProblem problem)
{
    private double[] _standIn = [];
    private bool[] _covers = [], _frozen = [];

    /// <summary>Mean visible error at every moment of the problem, pixels.</summary>
    /// <param name="arrival">When each tile arrived.</param>
    public double[] Errors(IReadOnlyDictionary<int, double> arrival)
    {
        var errors = new double[problem.Times.Length];
        for (var i = 0; i < errors.Length; i++)
            errors[i] = ErrorAt(problem.Frames[i], problem.Times[i], arrival);
        return errors;
    }

    private double ErrorAt(DemandFrame frame, double time, IReadOnlyDictionary<int, double> arrival)
    {
        Cover(frame, time, arrival);
        StandIn(frame, time, arrival);
        var sum = 0.0;
        foreach (ref readonly var wanted in frame.Wanted.AsSpan())
            sum += wanted.Weight * Math.Max(0, _standIn[wanted.Visit] * wanted.PxPerMetre - wanted.AllowedPx);
        return sum;
    }

    // Bottom up: which regions could be drawn without help from above.
    private void Cover(DemandFrame frame, double time, IReadOnlyDictionary<int, double> arrival)
    {
        var visits = frame.Visits;
        if (_covers.Length < visits.Length)
            (_covers, _frozen, _standIn) = (new bool[visits.Length * 2], new bool[visits.Length * 2], new double[visits.Length * 2]);
        for (var v = visits.Length - 1; v >= 0; v--)
        {
            ref readonly var visit = ref visits[v];
            if (IsHere(visit.Tile, time, arrival))
                _covers[v] = true;
            else if ((visit.Flags & VisitFlags.Refined) == 0)
                _covers[v] = visit.Flags == VisitFlags.None || problem.Find(visit.Tile) is not { HasContent: true } || IsHereBelow(visit.Tile, time, arrival);
            else
                _covers[v] = visit.ChildCount > 0 && AllCover(visit);
        }
    }

    // Top down: the geometric error of what is drawn in each region; infinite (the root's, by definition) where nothing is.
    private void StandIn(DemandFrame frame, double time, IReadOnlyDictionary<int, double> arrival)
    {
        var visits = frame.Visits;
        (_standIn[0], _frozen[0]) = (double.NaN, false);
        for (var v = 0; v < visits.Length; v++)
        {
            ref readonly var visit = ref visits[v];
            var here = IsHere(visit.Tile, time, arrival);
            if (!_frozen[v] && here)
                _standIn[v] = problem.Tree.Nodes[visit.Tile].GeometricError;
            else if (!_frozen[v] && (visit.Flags & VisitFlags.Refined) == 0 && IsHereBelow(visit.Tile, time, arrival))
                _standIn[v] = 0;
            var gated = _frozen[v] || (!double.IsNaN(_standIn[v]) && visit.ChildCount > 0 && !problem.CanMask(visit.Tile) && !AllCover(visit));
            for (var child = visit.FirstChild; child < visit.FirstChild + visit.ChildCount; child++)
                (_standIn[child], _frozen[child]) = (_standIn[v], gated);
            if (double.IsNaN(_standIn[v]))
                _standIn[v] = problem.RootError;
        }
    }

    private bool AllCover(in Visit visit)
    {
        for (var child = visit.FirstChild; child < visit.FirstChild + visit.ChildCount; child++)
        {
            if (!_covers[child])
                return false;
        }
        return true;
    }

    private static bool IsHere(int tile, double time, IReadOnlyDictionary<int, double> arrival) => arrival.TryGetValue(tile, out var at) && at <= time;

    // Finer than wanted, from a closer look before.
    private bool IsHereBelow(int tile, double time, IReadOnlyDictionary<int, double> arrival)
    {
        var (first, count) = (problem.Tree.Links[tile].FirstChild, problem.Tree.Links[tile].ChildCount);
        for (var child = first; child < first + count; child++)
        {
            if (!IsHere(child, time, arrival) && !IsHereBelow(child, time, arrival))
                return false;
        }
        return count > 0;
    }
}
