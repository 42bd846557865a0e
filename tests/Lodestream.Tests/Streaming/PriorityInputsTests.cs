using Lodestream.Scene;
using Lodestream.Selection;
using Lodestream.Streaming;

namespace Lodestream.Tests.Streaming;

public class PriorityInputsTests
{
    [Fact]
    public void Inputs_made_outside_a_streamer_know_of_nothing_that_is_here_and_of_no_learned_size()
    {
        var tree = new TileTree("https://example.test/tileset.json");
        var inputs = new PriorityInputs
        {
            Tree = tree, Set = new VisibilitySet(), Views = [], Now = default, Predictors = [], LookAheadSeconds = 1, ArrivalSeconds = 0, BytesPerSecond = 1e6,
        };
        Assert.Equal(-1, inputs.DrawnAncestor(TileTree.SceneRoot, out var gate));
        Assert.Equal(-1, gate);
        Assert.Equal(SizeEstimator.FirstLength, inputs.ExpectedBytes(tree.SlotsOf(TileTree.SceneRoot)[0]));
    }
}
