using Lodestream.Geometry;
using Lodestream.Selection;

namespace Lodestream.Tests.Selection;

/// <summary>Where a camera is expected to be, and how far that is to be trusted.</summary>
public class CameraPredictorTests
{
    private const double Tick = 1 / 60.0, SceneSize = 10_000;

    private static readonly PredictionOptions Options = new();

    [Fact]
    public void A_steady_flight_goes_on()
    {
        var predictor = Flown(t => At(new(100 * t, -50 * t, 10)), seconds: 2);
        AssertNear(new(100, -50, 0), predictor.Velocity, 0.1);
        AssertNear(new(100 * 3.5, -50 * 3.5, 10), predictor.Predict(1.5).Position, 1);
        Assert.Equal(1, predictor.Confidence(6), 1e-9);
        Assert.False(predictor.IsStill);
    }

    [Fact]
    public void Velocity_is_smoothed_so_that_a_jolt_is_no_course()
    {
        // One frame's jolt of four times the speed, sideways.
        var predictor = Flown(t => At(new(100 * t, 0, 0)), seconds: 2);
        predictor.Update(At(new(100 * (2 + Tick), 400 * Tick, 0)), TimeSpan.FromSeconds(2 + Tick), SceneSize);
        Assert.InRange(predictor.Velocity.Y, 1, 100);
        AssertNear(new(100, 0, 0), predictor.Velocity with { Y = 0 }, 0.1);

        // A new course is learned within a few time constants.
        for (var t = Tick; t < 5 * Options.SmoothingSeconds; t += Tick)
            predictor.Update(At(new(200, 400 * (Tick + t), 0)), TimeSpan.FromSeconds(2 + Tick + t), SceneSize);
        Assert.InRange(predictor.Velocity.Y, 380, 400);
    }

    [Fact]
    public void A_turn_goes_on_around_its_axis()
    {
        var predictor = Flown(t => At(Vector3d.Zero, angle: 0.5 * t), seconds: 2);
        AssertNear(new(0, 0, 0.5), predictor.Turn, 1e-3);
        AssertNear(Heading(0.5 * 3), predictor.Predict(1).Direction, 1e-3);
        AssertNear(Vector3d.UnitZ, predictor.Predict(1).Up, 1e-9);
    }

    [Fact]
    public void Confidence_falls_with_the_turn_rate_and_with_the_time_ahead()
    {
        var slow = Flown(t => At(Vector3d.Zero, angle: 0.25 * t), seconds: 2);
        var fast = Flown(t => At(Vector3d.Zero, angle: 1 * t), seconds: 2);
        Assert.Equal(1, fast.Confidence(0));
        Assert.True(fast.Confidence(1) < slow.Confidence(1) && slow.Confidence(1) < 1);
        Assert.True(fast.Confidence(2) < fast.Confidence(1));

        // A turn of one radian is believed half.
        Assert.Equal(0.5, fast.Confidence(1), 1e-3);
        Assert.Equal(0.5, slow.Confidence(4), 1e-3);
    }

    [Fact]
    public void A_jump_starts_anew()
    {
        var predictor = Flown(t => At(new(100 * t, 0, 0)), seconds: 2);
        var there = At(new(5000, 3000, 0));
        predictor.Update(there, TimeSpan.FromSeconds(2 + Tick), SceneSize);
        Assert.True(predictor.IsStill);
        Assert.Equal(there.Position, predictor.Predict(6).Position);

        // What comes after it is learned as if nothing had been before.
        predictor.Update(At(new(5000, 3000 + 60 * Tick, 0)), TimeSpan.FromSeconds(2 + 2 * Tick), SceneSize);
        Assert.Equal(0, predictor.Velocity.X, 1e-9);
        Assert.InRange(predictor.Velocity.Y, 1, 60);
    }

    [Fact]
    public void A_look_over_the_shoulder_starts_anew()
    {
        var predictor = Flown(t => At(new(100 * t, 0, 0)), seconds: 2);
        predictor.Update(At(new(200, 0, 0), angle: 2), TimeSpan.FromSeconds(2 + Tick), SceneSize);
        Assert.True(predictor.IsStill);
    }

    [Fact]
    public void A_fast_flight_is_no_jump()
    {
        // 600 m a frame from the second frame on would be a jump on its own; grown to step by step it is a flight.
        double x = 0, speed = 1;
        var predictor = new CameraPredictor(Options);
        for (var frame = 0; frame < 300; frame++)
        {
            predictor.Update(At(new(x, 0, 0)), TimeSpan.FromSeconds(frame * Tick), SceneSize);
            speed = Math.Min(speed * 1.05, 600);
            x += speed;
        }
        Assert.InRange(predictor.Velocity.X, 0.9 * 600 / Tick, 600 / Tick + 1);
    }

    [Fact]
    public void A_camera_that_stopped_has_stopped()
    {
        var predictor = Flown(t => At(new(100 * t, 0, 0), angle: 0.1 * t), seconds: 2);
        var last = At(new(200, 0, 0), angle: 0.2);
        predictor.Update(last, TimeSpan.FromSeconds(2 + Tick), SceneSize);
        predictor.Update(last, TimeSpan.FromSeconds(2 + 2 * Tick), SceneSize);
        Assert.True(predictor.IsStill);
        Assert.Equal(last.Position, predictor.Predict(6).Position);
    }

    [Fact]
    public void Two_ticks_at_one_time_say_nothing_of_speed()
    {
        var predictor = new CameraPredictor(Options);
        predictor.Update(At(Vector3d.Zero), TimeSpan.FromSeconds(1), SceneSize);
        predictor.Update(At(new(10, 0, 0)), TimeSpan.FromSeconds(1), SceneSize);
        Assert.True(predictor.IsStill);
    }

    private static CameraPredictor Flown(Func<double, View> path, double seconds)
    {
        var predictor = new CameraPredictor(Options);
        for (var frame = 0; frame <= (int)Math.Round(seconds / Tick); frame++)
            predictor.Update(path(frame * Tick), TimeSpan.FromSeconds(frame * Tick), SceneSize);
        return predictor;
    }

    private static View At(Vector3d position, double angle = 0) => new() { Position = position, Direction = Heading(angle), Up = Vector3d.UnitZ };

    private static Vector3d Heading(double angle) => new(Math.Cos(angle), Math.Sin(angle), 0);

    private static void AssertNear(Vector3d expected, Vector3d actual, double tolerance) => Assert.InRange((expected - actual).Length, 0, tolerance);
}
