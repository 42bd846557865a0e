namespace Lodestream.Tiler.Worlds.Continent;

/// <summary>
/// Where water goes on a grid of heights. Depressions are filled from the sea inward in order of height (priority flood with a
/// slight incline: Barnes, Lehman and Mulla 2014), so that from every land node a way leads downhill to the sea.
/// </summary>
internal sealed class DrainageNetwork
{
    // Rise from node to node across a filled depression, metres; above the rounding of a float at 4,000 m.
    private const float Incline = 1e-3f;

    private readonly int _nodes;
    private readonly double _spacing;
    private readonly bool[] _sea;
    private readonly GradientNoise _jitter;
    private readonly bool[] _closed;
    private ulong[] _heap = new ulong[4096];
    private int _heapCount;

    /// <param name="nodes">Nodes along the side.</param>
    /// <param name="spacing">Metres between nodes.</param>
    /// <param name="sea">Where water ends; includes the rim of the grid.</param>
    /// <param name="jitter">Breaks the eight directions' hold on gentle ground.</param>
    public DrainageNetwork(int nodes, double spacing, bool[] sea, GradientNoise jitter)
    {
        (_nodes, _spacing, _sea, _jitter) = (nodes, spacing, sea, jitter);
        var count = nodes * nodes;
        _closed = new bool[count];
        Filled = new float[count];
        Receiver = new int[count];
        Distance = new float[count];
        Area = new float[count];
        Order = new int[count];
    }

    /// <summary>Heights with depressions filled, metres.</summary>
    public float[] Filled { get; }

    /// <summary>The neighbour each node drains to; itself at sea.</summary>
    public int[] Receiver { get; }

    /// <summary>Metres to the receiver; 0 at sea.</summary>
    public float[] Distance { get; }

    /// <summary>Square metres that drain through the node, its own included.</summary>
    public float[] Area { get; }

    /// <summary>Land nodes, every receiver before those that drain to it; <see cref="LandCount"/> of them.</summary>
    public int[] Order { get; }

    /// <summary>How many nodes are land.</summary>
    public int LandCount { get; private set; }

    /// <summary>Finds the ways of the water over these heights, which are 0 or more.</summary>
    public void Route(float[] heights, ParallelOptions parallel)
    {
        Flood(heights);
        FindReceivers(parallel);
        AccumulateArea();
    }

    /// <summary>For each node the neighbour on land that brings it the most water; 0 where none drains to it.</summary>
    public int[] MainDonors()
    {
        var donors = new int[Receiver.Length];
        for (var k = 0; k < LandCount; k++)
        {
            int node = Order[k], receiver = Receiver[node];
            if (donors[receiver] == 0 || Area[node] > Area[donors[receiver]])
                donors[receiver] = node;
        }
        return donors;
    }

    private void Flood(float[] heights)
    {
        _heapCount = 0;
        LandCount = 0;
        ReadOnlySpan<int> steps = [-_nodes - 1, -_nodes, -_nodes + 1, -1, 1, _nodes - 1, _nodes, _nodes + 1];
        Array.Copy(_sea, _closed, _sea.Length);
        for (var i = 0; i < heights.Length; i++)
        {
            if (!_sea[i])
                continue;
            Filled[i] = heights[i];
            Receiver[i] = i;
            if (TouchesLand(i))
                Push(heights[i], i);
        }
        while (_heapCount > 0)
        {
            var node = Pop();
            if (!_sea[node])
                Order[LandCount++] = node;
            var level = Filled[node] + Incline;
            var onRim = OnRim(node);
            foreach (var step in steps)
            {
                var next = node + step;
                // The rim is sea and therefore closed; steps over it end beyond the array or on the rim's other side.
                if ((onRim && (uint)next >= (uint)_closed.Length) || _closed[next])
                    continue;
                _closed[next] = true;
                Filled[next] = Math.Max(heights[next], level);
                Push(Filled[next], next);
            }
        }
    }

    // Steepest descent, each direction's slope varied a little by place, so that rivers on plains don't run along the grid.
    private void FindReceivers(ParallelOptions parallel)
    {
        var straight = (float)_spacing;
        var diagonal = (float)(_spacing * Math.Sqrt(2));
        Parallel.For(1, _nodes - 1, parallel, j =>
        {
            ReadOnlySpan<int> steps = [-_nodes - 1, -_nodes, -_nodes + 1, -1, 1, _nodes - 1, _nodes, _nodes + 1];
            for (var i = 1; i < _nodes - 1; i++)
            {
                var node = j * _nodes + i;
                if (_sea[node])
                    continue;
                float best = 0;
                for (var s = 0; s < 8; s++)
                {
                    var fall = Filled[node] - Filled[node + steps[s]];
                    if (fall <= 0)
                        continue;
                    var distance = s is 1 or 3 or 4 or 6 ? straight : diagonal;
                    var slope = fall / distance * (float)(0.7 + 0.6 * _jitter.Cell(node, s));
                    if (slope > best)
                        (best, Receiver[node], Distance[node]) = (slope, node + steps[s], distance);
                }
            }
        });
    }

    private void AccumulateArea()
    {
        Array.Fill(Area, (float)(_spacing * _spacing));
        for (var k = LandCount - 1; k >= 0; k--)
            Area[Receiver[Order[k]]] += Area[Order[k]];
    }

    private bool OnRim(int node)
    {
        int x = node % _nodes, y = node / _nodes;
        return x == 0 || y == 0 || x == _nodes - 1 || y == _nodes - 1;
    }

    private bool TouchesLand(int node)
    {
        int x = node % _nodes, y = node / _nodes;
        for (var dy = -1; dy <= 1; dy++)
        {
            for (var dx = -1; dx <= 1; dx++)
            {
                if ((uint)(x + dx) < (uint)_nodes && (uint)(y + dy) < (uint)_nodes && !_sea[node + dy * _nodes + dx])
                    return true;
            }
        }
        return false;
    }

    // A four-way heap of (height, node) in one word: bits of floats that are not negative sort as the floats do, and ties go by node.
    private void Push(float height, int node)
    {
        if (_heapCount == _heap.Length)
            Array.Resize(ref _heap, _heap.Length * 2);
        var key = (ulong)BitConverter.SingleToUInt32Bits(height) << 32 | (uint)node;
        var slot = _heapCount++;
        while (slot > 0)
        {
            var parent = (slot - 1) >> 2;
            if (_heap[parent] <= key)
                break;
            _heap[slot] = _heap[parent];
            slot = parent;
        }
        _heap[slot] = key;
    }

    private int Pop()
    {
        var top = (int)(uint)_heap[0];
        var key = _heap[--_heapCount];
        var heap = _heap.AsSpan(0, _heapCount);
        var slot = 0;
        while (true)
        {
            var first = slot * 4 + 1;
            if (first >= heap.Length)
                break;
            var least = first;
            for (var c = first + 1; c < Math.Min(first + 4, heap.Length); c++)
            {
                if (heap[c] < heap[least])
                    least = c;
            }
            if (heap[least] >= key)
                break;
            heap[slot] = heap[least];
            slot = least;
        }
        _heap[slot] = key;
        return top;
    }
}
