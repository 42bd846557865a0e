using Lodestream.Geometry;
using Lodestream.Presentation.Batching;
using Lodestream.Selection;

namespace Lodestream.Tests.Presentation.Batching;

/// <summary>
/// A planner with a screen that does what it commands, and a builder in the test's hands. After every tick it checks that each placed mesh
/// is drawn exactly once, by itself or by one batch that is there, and that no budget was exceeded.
/// </summary>
internal sealed class BatchedScreen(BatchOptions? options = null)
{
    private sealed record Batch(int Epoch, BatchMember[] Members, long Bytes)
    {
        public bool IsBuilt, IsDrawn, IsDropped;
        public int DroppedAt = -1;
    }

    private readonly BatchOptions _options = options ?? new();
    private readonly Dictionary<int, BatchMesh[]> _placed = [];
    private readonly Dictionary<int, Batch> _batches = [];

    public BatchPlanner Planner { get; } = new(options);

    /// <summary>The cameras; none sees anything where it is empty.</summary>
    public View[] Views { get; set; } = [];

    /// <summary>What the last tick commanded: "Build 0 [1.0 1.1]", "SwapIn 0", …</summary>
    public List<string> Log { get; } = [];

    /// <summary>Whether builds are answered in the tick they are commanded in.</summary>
    public bool BuildsAtOnce { get; set; }

    public int Frame { get; private set; }

    /// <summary>Calls that the screen takes for placed meshes.</summary>
    public int Calls => _placed.Values.Sum(meshes => meshes.Length) - _batches.Values.Where(batch => batch.IsDrawn).Sum(batch => batch.Members.Length - 1);

    /// <summary>Builds that have not been answered.</summary>
    public int[] Open => [.. _batches.Where(batch => !batch.Value.IsBuilt).Select(batch => batch.Key)];

    /// <summary>Looks along y at what is around a place on the x axis.</summary>
    public static View From(double x) => new() { Position = new(x, -50, 0), Direction = Vector3d.UnitY, Up = Vector3d.UnitZ, Near = 0.1, Far = 1000 };

    public static BatchMesh Mesh(int material = 0, int vertices = 100, int indices = 150, BatchObstacles obstacles = BatchObstacles.None, double at = 0) =>
        new(material, vertices, indices, vertices * 32L + indices * 4L, new(at, 0, 0), new(at + 1, 1, 1), obstacles);

    public static BatchMesh[] Meshes(int count, int material = 0, int vertices = 100) => [.. Enumerable.Range(0, count).Select(_ => Mesh(material, vertices))];

    public static BatchPlace At(int cell, int lod = 0, int channel = 0) => new(new(cell, 0, 0), lod, channel);

    public BatchedScreen Place(int content, BatchPlace place, BatchMesh[] meshes, bool whole = true, double x = 0)
    {
        _placed.Add(content, meshes);
        Planner.Place(content, place, Transform3d.Identity with { Translation = new(x, 0, 0) }, meshes, whole);
        return this;
    }

    public BatchedScreen Remove(int content)
    {
        _placed.Remove(content);
        Planner.Remove(content);
        return this;
    }

    public BatchedScreen Tick(int times = 1)
    {
        for (var i = 0; i < times; i++)
        {
            Frame++;
            Do(Planner.Tick(Views));
        }
        return this;
    }

    /// <summary>Ticks and builds until nothing happens any more.</summary>
    public BatchedScreen Settle()
    {
        BuildsAtOnce = true;
        for (var ticks = 0; Planner.NeedsTick || Planner.Building > 0; ticks++)
        {
            Assert.True(ticks < 10_000, "The planner never comes to rest.");
            Tick();
        }
        BuildsAtOnce = false;
        return this;
    }

    public BatchedScreen Build(int batch)
    {
        _batches[batch].IsBuilt = true;
        Planner.Built(batch, _batches[batch].Epoch);
        return this;
    }

    public BatchedScreen Fail(int batch)
    {
        _batches[batch].IsBuilt = true;
        Planner.Failed(batch, _batches[batch].Epoch);
        return this;
    }

    private void Do(ReadOnlySpan<BatchCommand> commands)
    {
        Log.Clear();
        var (started, swapped) = (new List<Batch>(), 0);
        foreach (var command in commands)
        {
            Log.Add($"{command.Kind} {command.Batch}");
            switch (command.Kind)
            {
                case BatchCommandKind.Build:
                    var batch = new Batch(command.Epoch, Planner.MembersOf(command.Batch).ToArray(), Planner.MembersOf(command.Batch).ToArray().Sum(member => MeshOf(member).Bytes));
                    Log[^1] += $" [{string.Join(' ', batch.Members.Select(member => $"{member.Content}.{member.Mesh}"))}]";
                    _batches.Add(command.Batch, batch);
                    started.Add(batch);
                    break;
                case BatchCommandKind.SwapIn:
                    Assert.True(_batches[command.Batch] is { IsBuilt: true, IsDrawn: false, IsDropped: false }, $"batch {command.Batch} cannot be swapped in");
                    Assert.Equal(_batches[command.Batch].Epoch, command.Epoch);
                    _batches[command.Batch].IsDrawn = true;
                    swapped++;
                    break;
                case BatchCommandKind.Drop:
                    (_batches[command.Batch].IsDrawn, _batches[command.Batch].IsDropped, _batches[command.Batch].DroppedAt) = (false, true, Frame);
                    break;
                default:
                    Assert.False(_batches[command.Batch].IsDrawn, $"batch {command.Batch} is released while it is drawn");
                    Assert.True(_batches.Remove(command.Batch));
                    break;
            }
        }
        CheckBudgets(started, swapped);
        CheckScreen();
        if (BuildsAtOnce)
        {
            foreach (var open in Open)
                Build(open);
        }
    }

    private void CheckBudgets(List<Batch> started, int swapped)
    {
        var meshes = started.SelectMany(batch => batch.Members).Select(MeshOf).ToArray();
        Assert.InRange(started.Count, 0, _options.BuildsPerTick);
        Assert.InRange(swapped, 0, _options.SwapsPerTick);
        Assert.InRange(meshes.Sum(mesh => mesh.Vertices), 0, _options.VerticesPerTick);
        Assert.InRange(meshes.Sum(mesh => mesh.Indices), 0, _options.IndicesPerTick);
        Assert.InRange(meshes.Sum(mesh => mesh.Bytes), 0, _options.BytesPerTick);
        Assert.Equal(_batches.Values.Sum(batch => batch.Bytes), Planner.MemoryBytes);
        Assert.InRange(Planner.MemoryBytes, 0, _options.MemoryBytes);
    }

    // Each placed mesh by itself, or by one batch of its like; nothing else.
    private void CheckScreen()
    {
        var drawn = new HashSet<BatchMember>();
        foreach (var batch in _batches.Values.Where(batch => batch.IsDrawn))
        {
            Assert.True(batch.Members.Length >= _options.LeastMeshes);
            Assert.Single(batch.Members.Select(member => MeshOf(member).Material).Distinct());
            foreach (var member in batch.Members)
            {
                Assert.True(_placed.ContainsKey(member.Content), $"{member} is drawn by a batch and not placed any more");
                Assert.True(drawn.Add(member), $"{member} is drawn by two batches");
                Assert.Equal(BatchObstacles.None, MeshOf(member).Obstacles);
            }
        }
        Assert.Equal(drawn.Count, Planner.BatchedMeshes);
        Assert.Equal(_batches.Values.Count(batch => batch.IsDrawn), Planner.DrawnBatches);
    }

    private BatchMesh MeshOf(BatchMember member) => _placed[member.Content][member.Mesh];
}
