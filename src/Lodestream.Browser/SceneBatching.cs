using Lodestream.Browser.Interop;
using Lodestream.Presentation;
using Lodestream.Presentation.Batching;
using Lodestream.Scene;
using Lodestream.Selection;

namespace Lodestream.Browser;

/// <summary>Batches a scene: the core decides what is merged, the page merges.</summary>
internal sealed class SceneBatching
{
    // Words of a mesh as wwwroot/lodestream/batch-report.js writes it.
    private const int MeshWords = 11;

    private readonly SharedBlock _block;
    private readonly DrawnContents _drawn;

    public SceneBatching(TileTree tree, SharedBlock block, BatchOptions options)
    {
        (_block, Planner, ReservedBytes) = (block, new(options), options.MemoryBytes);
        _drawn = new(tree, Planner, options.CellSize, options.CoarseCellScale);
    }

    /// <summary>What decides.</summary>
    public BatchPlanner Planner { get; }

    /// <summary>What of the scene's memory is kept for batches.</summary>
    public long ReservedBytes { get; }

    /// <summary>The page has a content on the GPU, and says what it is drawn with.</summary>
    public void Report(int content, long ticket, ReadOnlySpan<double> words)
    {
        var meshes = new BatchMesh[words.Length / MeshWords];
        for (var i = 0; i < meshes.Length; i++)
        {
            var w = words.Slice(i * MeshWords, MeshWords);
            meshes[i] = new((int)w[0], (int)w[1], (int)w[2], (long)w[3], new(w[4], w[5], w[6]), new(w[7], w[8], w[9]), (BatchObstacles)(int)w[10]);
        }
        _drawn.Report(content, ticket, meshes);
    }

    public void Commit(RenderCommit commit) => _drawn.Commit(commit);

    public void Free(int content, long ticket) => _drawn.Free(content, ticket);

    public void Clear() => _drawn.Clear();

    /// <summary>An answer of the page.</summary>
    public void Receive(ReadOnlySpan<double> e)
    {
        var (batch, epoch) = ((int)e[1], (int)e[2]);
        if ((PageEvent)(int)e[0] == PageEvent.BatchBuilt)
            Planner.Built(batch, epoch);
        else
            Planner.Failed(batch, epoch);
    }

    /// <summary>Writes what the page is to merge, swap in, drop and release.</summary>
    public void Tick(ReadOnlySpan<View> views)
    {
        foreach (ref readonly var command in Planner.Tick(views))
        {
            switch (command.Kind)
            {
                case BatchCommandKind.Build:
                    WriteBuild(command);
                    break;
                case BatchCommandKind.SwapIn:
                    Write(Command.SwapInBatch, command.Batch);
                    break;
                case BatchCommandKind.Drop:
                    Write(Command.DropBatch, command.Batch);
                    break;
                default:
                    Write(Command.ReleaseBatch, command.Batch);
                    break;
            }
        }
    }

    private void WriteBuild(in BatchCommand command)
    {
        var bounds = Planner.BoundsOf(command.Batch);
        var members = Planner.MembersOf(command.Batch);
        Write(Command.BuildBatch, command.Batch);
        _block.Write(command.Epoch);
        _block.Write(bounds.Min);
        _block.Write(bounds.Max);
        _block.Write(members.Length);
        foreach (var member in members)
        {
            _block.Write(member.Content);
            _block.Write(member.Mesh);
        }
    }

    private void Write(Command command, int batch)
    {
        _block.Write(command);
        _block.Write(batch);
    }
}
