using Lodestream.Geometry;
using Lodestream.Simulation.Cameras;
using Lodestream.Simulation.Scenes;

namespace Lodestream.Simulation.Tests.Cameras;

/// <summary>The built-in cameras on the bench world, whose ground is flat: its finest volumes end at 16 m.</summary>
public sealed class BuiltInCameraTests
{
    public static TheoryData<string> Names => [.. BuiltInCamera.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void It_stays_above_the_ground_and_the_seed_decides(string name)
    {
        var survey = new SceneSurvey(SimulatedScene.Open("synthetic:quadtree?levels=4", (_, _) => throw new InvalidOperationException(), CancellationToken.None));
        var keyframes = BuiltInCamera.Keyframes(name, survey, 20, seed: 5)!;
        Assert.All(keyframes, keyframe => Assert.True(keyframe.Position.Z > 17, $"{name}: {keyframe}"));
        Assert.All(keyframes, keyframe => Assert.True(Vector3d.Cross(keyframe.Direction.Normalized(), keyframe.Up.Normalized()).Length > 0.01, $"{name}: {keyframe}"));
        Assert.Equal(keyframes.OrderBy(keyframe => keyframe.Seconds), keyframes);
        Assert.Equal(20, keyframes[^1].Seconds, 9);
        Assert.Equal(keyframes, BuiltInCamera.Keyframes(name, survey, 20, seed: 5));
        Assert.NotEqual(keyframes, BuiltInCamera.Keyframes(name, survey, 20, seed: 6));
    }

    [Fact]
    public void The_ground_is_found_from_the_finest_volumes()
    {
        var survey = new SceneSurvey(SimulatedScene.Open("synthetic:quadtree?levels=4", (_, _) => throw new InvalidOperationException(), CancellationToken.None));
        Assert.Equal(new(100, -200, 16), survey.GroundAt(new(100, -200, -50)));
        Assert.Null(survey.GroundAt(new(9000, 0, 0)));
    }
}
