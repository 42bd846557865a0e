using Lodestream.Simulation.Figures;

namespace Lodestream.Simulation.Oracle;

/// <summary>
/// Fetches tiles one after the other, knowing the path: what gives the most per byte first. Gain is the error integral that a tile's
/// arrival would take away from then on, over what was fetched before; gains only shrink as time passes and others arrive, so the best is
/// found by looking again at the head of a queue alone.
/// </summary>
internal sealed class OracleOrder
{
    private readonly OracleProblem _problem;
    private readonly double _horizon;
    private readonly bool _earliestFirst;
    private readonly Dictionary<int, List<(int Moment, int Wanted)>> _served = [];
    private readonly double[][] _error;
    private readonly Dictionary<int, double> _arrival = [];
    private readonly HashSet<int> _documents = [];
    private readonly PriorityQueue<OracleTile, double> _queue = new();
    private long _memory;
    private double _free;
    private int _requests;

    private OracleOrder(OracleProblem problem, double horizon, bool earliestFirst)
    {
        (_problem, _horizon, _earliestFirst) = (problem, horizon, earliestFirst);
        _error = new double[problem.Frames.Length][];
        for (var i = 0; i < problem.Frames.Length; i++)
        {
            var frame = problem.Frames[i];
            _error[i] = new double[frame.Wanted.Length];
            for (var w = 0; w < frame.Wanted.Length; w++)
            {
                _error[i][w] = Error(frame, w, problem.RootError);
                for (var visit = frame.Wanted[w].Visit; visit > 0; visit = frame.Visits[visit].Parent)
                    ServedBy(frame.Visits[visit].Tile).Add((i, w));
            }
        }
    }

    /// <summary>Most gain per byte first; a gain so many seconds later counts e times less.</summary>
    public static IReadOnlyDictionary<int, double> ByGain(OracleProblem problem, double horizon) => new OracleOrder(problem, horizon, false).Run();

    /// <summary>What is wanted first, first; among equals, most gain per byte.</summary>
    public static IReadOnlyDictionary<int, double> EarliestFirst(OracleProblem problem) => new OracleOrder(problem, double.PositiveInfinity, true).Run();

    private Dictionary<int, double> Run()
    {
        var waiting = new Queue<OracleTile>(_problem.Tiles.Where(tile => tile.IsLive && tile.HasContent).OrderBy(tile => tile.Release).ThenBy(tile => tile.Number));
        while (waiting.Count > 0 || _queue.Count > 0)
        {
            if (_queue.Count == 0)
                _free = Math.Max(_free, waiting.Peek().Release + _problem.Link.Latency);
            while (waiting.TryPeek(out var next) && next.Release + _problem.Link.Latency <= _free)
                _queue.Enqueue(waiting.Dequeue(), double.NegativeInfinity);
            if (TakeBest() is { } best)
                Fetch(best);
        }
        return _arrival;
    }

    private OracleTile? TakeBest()
    {
        while (_queue.TryDequeue(out var tile, out _))
        {
            if (_arrival.ContainsKey(tile.Number))
                continue;
            var priority = Priority(tile);
            if (priority <= 0)
                continue;
            if (_queue.TryPeek(out _, out var next) && -priority > next)
                _queue.Enqueue(tile, -priority);
            else
                return tile;
        }
        return null;
    }

    private void Fetch(OracleTile tile)
    {
        if (!MakeRoom(tile))
            return;
        foreach (var above in DocumentsAbove(tile))
        {
            Receive(above.DocumentBytes, _documents.Count == 0 ? 0 : _free);
            _documents.Add(above.Number);

            // What a document names is asked for when it is here.
            _free += _problem.Link.Latency;
        }
        Receive(tile.Bytes, tile.Release);
        _arrival[tile.Number] = _free;
        foreach (var (moment, wanted) in _served[tile.Number])
        {
            if (_problem.Times[moment] >= _free)
                _error[moment][wanted] = Math.Min(_error[moment][wanted], Error(_problem.Frames[moment], wanted, tile.Error));
        }
    }

    private void Receive(long bytes, double release)
    {
        var first = Math.Max(release, _problem.Link.EarliestRequest(_requests++)) + _problem.Link.Latency;
        _free = _problem.Link.Carry(Math.Max(_free, first), bytes);
    }

    // Tiles no later moment sees may go. What would still be seen stays: then this one waits for good.
    private bool MakeRoom(OracleTile tile)
    {
        if (_memory + tile.GpuBytes > _problem.Budget)
        {
            _memory = 0;
            foreach (var number in _arrival.Keys)
            {
                var held = _problem.Find(number)!;
                _memory += _problem.Times[held.LastMoment] >= _free ? held.GpuBytes : 0;
            }
        }
        if (_memory + tile.GpuBytes > _problem.Budget)
            return false;
        _memory += tile.GpuBytes;
        return true;
    }

    private double Priority(OracleTile tile)
    {
        var missing = 0.0;
        foreach (var above in DocumentsAbove(tile))
            missing += above.DocumentBytes;
        var (gain, bytes) = (Gain(tile), tile.Bytes + missing);
        var parent = _problem.Tree.Links[tile.Number].Parent;
        if (parent > 0 && !_problem.CanMask(parent))
        {
            // They are drawn together or not at all.
            var (first, count) = (_problem.Tree.Links[parent].FirstChild, _problem.Tree.Links[parent].ChildCount);
            for (var sibling = first; sibling < first + count; sibling++)
            {
                if (sibling == tile.Number || _arrival.ContainsKey(sibling) || _problem.Find(sibling) is not { IsLive: true, HasContent: true } other || other.Release > _free)
                    continue;
                gain += Gain(other);
                bytes += other.Bytes;
            }
        }
        if (gain <= 0)
            return 0;
        var density = gain / Math.Max(1, bytes);
        return _earliestFirst ? 1e9 - tile.Release + density / (1 + density) * 1e-3 : density;
    }

    private double Gain(OracleTile tile)
    {
        if (!_served.TryGetValue(tile.Number, out var served))
            return 0;
        var from = _problem.Link.Carry(_free, tile.Bytes);
        var sum = 0.0;
        for (var i = served.Count - 1; i >= 0 && _problem.Times[served[i].Moment] >= from; i--)
        {
            var (moment, wanted) = served[i];
            var frame = _problem.Frames[moment];
            var gain = (_error[moment][wanted] - Error(frame, wanted, tile.Error)) * frame.Wanted[wanted].Weight * _problem.Lengths[moment];
            if (gain > 0)
                sum += double.IsInfinity(_horizon) ? gain : gain * Math.Exp(-_problem.Times[moment] / _horizon);
        }
        return sum;
    }

    private Stack<OracleTile> DocumentsAbove(OracleTile tile)
    {
        var documents = new Stack<OracleTile>();
        for (var above = _problem.Tree.Links[tile.Number].Parent; above >= 0; above = _problem.Tree.Links[above].Parent)
        {
            if (_problem.Find(above) is { DocumentBytes: > 0 } document && !_documents.Contains(above))
                documents.Push(document);
        }
        return documents;
    }

    private static double Error(DemandFrame frame, int wanted, double metres) => Math.Max(0, metres * frame.Wanted[wanted].PxPerMetre - frame.Wanted[wanted].AllowedPx);

    private List<(int Moment, int Wanted)> ServedBy(int tile)
    {
        if (!_served.TryGetValue(tile, out var served))
            _served[tile] = served = [];
        return served;
    }
}
