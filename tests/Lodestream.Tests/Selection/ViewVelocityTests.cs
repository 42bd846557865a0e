using Lodestream.Geometry;
using Lodestream.Scene;
using Lodestream.Selection;
using Lodestream.Tests.Harness;

namespace Lodestream.Tests.Selection;

public class ViewVelocityTests
{
    // Selects by error and notes how fast the views were said to be.
    private sealed class NotingPolicy : ISelectionPolicy
    {
        private readonly ScreenSpaceErrorPolicy _policy = new();

        public Vector3d[] Velocities { get; private set; } = [];

        public void Select(TileTree tree, ReadOnlySpan<View> views, in SelectionInputs inputs, VisibilitySet set)
        {
            Velocities = inputs.Velocities.ToArray();
            _policy.Select(tree, views, inputs, set);
        }
    }

    [Fact]
    public void A_view_that_was_away_comes_back_without_the_speed_it_went_with()
    {
        var policy = new NotingPolicy();
        var world = new HandDrivenWorld("a", HandDrivenWorld.Plain with { Policy = () => policy, Prediction = new() { JumpShare = 1e9 } });
        var still = Cameras.All(level: 20);

        Assert.Equal(Vector3d.Zero, SpeedAt(0));
        var speed = SpeedAt(10);
        Assert.True(speed.X > 10, $"{speed}");
        Step(still);
        Assert.Single(policy.Velocities);

        Assert.Equal(Vector3d.Zero, SpeedAt(500));
        Assert.Equal(speed, SpeedAt(510));

        Vector3d SpeedAt(double x)
        {
            Step(still, still with { Position = still.Position + new Vector3d(x, 0, 0) });
            return policy.Velocities[1];
        }

        void Step(params View[] views)
        {
            world.Now += TimeSpan.FromSeconds(0.1);
            world.Views = views;
            world.Tick();
        }
    }
}
