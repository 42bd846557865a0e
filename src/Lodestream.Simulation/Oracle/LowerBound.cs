using Lodestream.Selection;
using Lodestream.Simulation.Figures;

namespace Lodestream.Simulation.Oracle;

/// <summary>
/// What no order can go below: a relaxation in which every moment is free to choose anew which tiles are here.
/// <para>
/// Why it is a bound. Take any order that keeps the release rule, a moment t, and a time s before it. Of the tiles that may be asked for
/// from s on, only such can be here whose bytes together came within [s + latency, t]: the link carries no more than its capacity Q there.
/// Give it all other tiles for nothing, forget sibling groups, memory, the host's rate and the time decoding takes, and let what was
/// wanted finer before cover its region for nothing: each of these only removes error. What is left is to choose a set of tiles with
/// bytes ≤ Q and the least error, a knapsack over the tree. For every price λ ≥ 0 a byte, the least of error + λ (bytes − Q) over all
/// sets is no more than that, since the chosen set has bytes ≤ Q; it is found exactly, from the leaves up, because a region shows its
/// nearest chosen ancestor. The greatest over λ is the fractional knapsack's value; any λ, and any s, gives a bound, so the greatest of
/// those tried is one. A sum of bounds at the moments, times their lengths, bounds the integral.
/// </para>
/// </summary>
internal sealed class LowerBound(OracleProblem problem)
{
    private const int PriceSteps = 14;

    // How far back from a moment the link is looked at, seconds; and from the start.
    private static readonly double[] Windows = [0.75, 1.5, 3, 6, double.PositiveInfinity];

    // Geometric errors of a region's ancestors, nearest last; by visit and depth.
    private int _stride;
    private double[] _cost = [], _bytes = [], _errors = [];
    private int[] _depth = [];

    /// <summary>The bound of the whole, pixel seconds.</summary>
    public double Integral()
    {
        var sum = 0.0;
        var rootHere = RootDocumentsHere();
        var seen = new HashSet<int>();
        DemandFrame? last = null;
        var covered = Array.Empty<bool>();
        for (var i = 0; i < problem.Times.Length; i++)
        {
            var frame = problem.Frames[i];
            if (frame != last)
            {
                covered = [.. frame.Wanted.Select(wanted => WasSeenBelow(wanted.Tile, seen))];
                Prepare(frame);
                foreach (ref readonly var visit in frame.Visits.AsSpan())
                    seen.Add(visit.Tile);
            }
            last = frame;
            sum += At(frame, problem.Times[i], rootHere, covered) * problem.Lengths[i];
        }
        return sum;
    }

    // Nothing can be asked for before the documents above everything are here.
    private double RootDocumentsHere()
    {
        var document = problem.Find(0)?.DocumentBytes ?? 0;
        return document == 0 ? 0 : problem.Link.Carry(problem.Link.Latency, document);
    }

    private bool WasSeenBelow(int tile, HashSet<int> seen)
    {
        var (first, count) = (problem.Tree.Links[tile].FirstChild, problem.Tree.Links[tile].ChildCount);
        for (var child = first; child < first + count; child++)
        {
            if (seen.Contains(child))
                return true;
        }
        return false;
    }

    private double At(DemandFrame frame, double time, double rootHere, bool[] covered)
    {
        var bound = 0.0;
        foreach (var window in Windows)
        {
            var from = time - window;
            var capacity = problem.Link.Capacity(Math.Max(from, rootHere) + problem.Link.Latency, time);
            bound = Math.Max(bound, Knapsack(frame, time, from, capacity, covered));
            if (from <= 0)
                break;
        }
        return bound;
    }

    private double Knapsack(DemandFrame frame, double time, double from, double capacity, bool[] covered)
    {
        var (free, bytes) = Cheapest(frame, time, from, 0, covered);
        if (bytes <= capacity)
            return free;
        var (low, high, best) = (1e-12, 1e3, free);
        for (var step = 0; step < PriceSteps; step++)
        {
            var price = Math.Sqrt(low * high);
            var (cost, taken) = Cheapest(frame, time, from, price, covered);
            best = Math.Max(best, cost - price * capacity);
            if (taken > capacity)
                low = price;
            else
                high = price;
        }
        return best;
    }

    private void Prepare(DemandFrame frame)
    {
        var visits = frame.Visits;
        if (_depth.Length < visits.Length)
            _depth = new int[visits.Length * 2];
        _stride = 2;
        for (var v = 0; v < visits.Length; v++)
        {
            _depth[v] = v == 0 ? 0 : _depth[visits[v].Parent] + 1;
            _stride = Math.Max(_stride, _depth[v] + 2);
        }
        if (_cost.Length < visits.Length * _stride)
            (_cost, _bytes, _errors) = (new double[visits.Length * _stride * 2], new double[visits.Length * _stride * 2], new double[visits.Length * _stride * 2]);

        // Slot 0: nothing is drawn above; slot d + 1: the ancestor of depth d is.
        for (var v = 0; v < visits.Length; v++)
        {
            if (v > 0)
                Array.Copy(_errors, visits[v].Parent * _stride, _errors, v * _stride, _depth[v] + 1);
            else
                _errors[0] = problem.RootError;
            _errors[v * _stride + _depth[v] + 1] = problem.Tree.Nodes[visits[v].Tile].GeometricError;
        }
    }

    // The least of error + price × bytes, and the bytes of the choice. From the leaves up, for every ancestor a region could show.
    private (double Cost, double Bytes) Cheapest(DemandFrame frame, double time, double from, double price, bool[] covered)
    {
        var visits = frame.Visits;
        Array.Clear(_cost, 0, visits.Length * _stride);
        Array.Clear(_bytes, 0, visits.Length * _stride);
        for (var w = 0; w < frame.Wanted.Length; w++)
        {
            ref readonly var wanted = ref frame.Wanted[w];
            var (row, slots) = (wanted.Visit * _stride, _depth[wanted.Visit] + 2);
            for (var slot = 0; slot < slots && !covered[w]; slot++)
                _cost[row + slot] = wanted.Weight * Math.Max(0, _errors[row + slot] * wanted.PxPerMetre - wanted.AllowedPx);
        }
        for (var v = visits.Length - 1; v >= 0; v--)
        {
            var (row, own) = (v * _stride, _depth[v] + 1);
            if (problem.Find(visits[v].Tile) is { IsLive: true, HasContent: true } tile)
                Choose(tile, row, own, time, from, price);
            if (v == 0)
                break;
            var above = visits[v].Parent * _stride;
            for (var slot = 0; slot < own; slot++)
            {
                _cost[above + slot] += _cost[row + slot];
                _bytes[above + slot] += _bytes[row + slot];
            }
        }
        return (_cost[0], _bytes[0]);
    }

    private void Choose(OracleTile tile, int row, int own, double time, double from, double price)
    {
        var isFree = tile.Release < from;
        if (!isFree && problem.Link.Carry(tile.Release + problem.Link.Latency, tile.LeastBytes) > time)
            return;
        var bytes = isFree ? 0 : tile.LeastBytes;
        var (cost, taken) = (_cost[row + own] + price * bytes, _bytes[row + own] + bytes);
        for (var slot = 0; slot < own; slot++)
        {
            if (cost < _cost[row + slot])
                (_cost[row + slot], _bytes[row + slot]) = (cost, taken);
        }
    }
}
