using Lodestream.Geometry;
using Lodestream.Selection;
using Lodestream.Simulation.Cameras;
using Lodestream.Simulation.Time;

namespace Lodestream.Simulation.Scenarios;

/// <summary>Cameras that move about a random world, which lies around the origin.</summary>
internal static class RandomCameras
{
    /// <summary>The greatest radius of a sphere to keep resident, as a share of the world's size.</summary>
    public const double LargestSphere = 0.3;

    public static List<ICamera> Make(RandomScenario scenario, double size)
    {
        var random = new SeededRandom(scenario.Seed ^ 0xca3e);
        var cameras = new List<ICamera> { Camera(scenario.Move, scenario.Seconds, size, ref random) };
        for (var i = 1; i < scenario.Cameras; i++)
            cameras.Add(new SwitchedCamera(Camera((CameraMove)random.Whole(0, 7), scenario.Seconds, size, ref random), random.Between(0.2, 2)));
        if (scenario.Sphere)
            cameras.Add(new StandingView(View.Sphere(default, size * random.Between(0.01, LargestSphere), size * random.Between(0.001, 0.02))));
        return cameras;
    }

    private sealed class StandingView(View view) : ICamera
    {
        public TimeSpan Duration => TimeSpan.Zero;

        public View? At(TimeSpan time) => view;
    }

    private static KeyframeCamera Camera(CameraMove move, double seconds, double size, ref SeededRandom random)
    {
        var lens = new View
        {
            Position = default,
            Direction = Vector3d.UnitX,
            Up = Vector3d.UnitZ,
            FovY = random.Between(0.4, 1.4),
            ViewportWidth = random.Whole(300, 2000),
            ViewportHeight = random.Whole(300, 1200),
            Near = size / 1e5,
            Far = size * 10,
            TargetErrorPx = random.Between(4, 40),
        };
        return new(Path(move, seconds, size, ref random), lens);
    }

    private static List<Keyframe> Path(CameraMove move, double seconds, double size, ref SeededRandom random) => move switch
    {
        CameraMove.Stand => [Random(0, size, ref random)],
        CameraMove.Orbit => Orbit(seconds, size, ref random),
        CameraMove.Fly => [Low(0, size, ref random), Low(seconds, size, ref random)],
        CameraMove.Dive => [Far(0, size, ref random), Low(seconds, size, ref random)],
        CameraMove.ZoomOut => [Low(0, size, ref random), Far(seconds, size, ref random)],
        CameraMove.Spin => Spin(seconds, size, ref random),
        CameraMove.Teleport => Teleport(seconds, size, ref random),
        _ => [Random(0, size, ref random), Random(seconds / 3, size, ref random), Random(seconds * 2 / 3, size, ref random), Random(seconds, size, ref random)],
    };

    private static List<Keyframe> Orbit(double seconds, double size, ref SeededRandom random)
    {
        var (radius, height, from) = (size * random.Between(0.3, 2), size * random.Between(0.05, 1), random.Between(0, 6));
        var keyframes = new List<Keyframe>();
        for (var i = 0; i <= 12; i++)
        {
            var angle = from + i * 0.5;
            var position = new Vector3d(radius * DeterministicMath.Cos(angle), radius * DeterministicMath.Sin(angle), height);
            keyframes.Add(new(seconds * i / 12, position, -position, Vector3d.UnitZ));
        }
        return keyframes;
    }

    private static List<Keyframe> Spin(double seconds, double size, ref SeededRandom random)
    {
        var at = Low(0, size, ref random);
        var (turns, pitch) = (random.Between(0.5, 3), random.Between(-0.5, 0));
        var keyframes = new List<Keyframe>();
        for (var i = 0; i <= 24; i++)
        {
            var angle = turns * 2 * Math.PI * i / 24;
            keyframes.Add(at with { Seconds = seconds * i / 24, Direction = new(DeterministicMath.Cos(angle), DeterministicMath.Sin(angle), pitch), Up = Vector3d.UnitZ });
        }
        return keyframes;
    }

    private static List<Keyframe> Teleport(double seconds, double size, ref SeededRandom random)
    {
        var keyframes = new List<Keyframe>();
        var stops = random.Whole(2, 6);
        for (var i = 0; i < stops; i++)
        {
            var at = Random(seconds * i / stops, size, ref random);
            keyframes.Add(at);
            keyframes.Add(at with { Seconds = seconds * (i + 1) / stops });
        }
        return keyframes;
    }

    private static Keyframe Low(double seconds, double size, ref SeededRandom random)
    {
        var position = new Vector3d(size * random.Between(-0.5, 0.5), size * random.Between(-0.5, 0.5), size * random.Between(0.001, 0.05));
        return Toward(seconds, position, new(size * random.Between(-0.5, 0.5), size * random.Between(-0.5, 0.5), 0));
    }

    private static Keyframe Far(double seconds, double size, ref SeededRandom random)
    {
        var position = new Vector3d(size * random.Between(-2, 2), size * random.Between(-2, 2), size * random.Between(0.5, 3));
        return Toward(seconds, position, default);
    }

    private static Keyframe Random(double seconds, double size, ref SeededRandom random) => random.Chance(0.5) ? Low(seconds, size, ref random) : Far(seconds, size, ref random);

    private static Keyframe Toward(double seconds, Vector3d position, Vector3d target)
    {
        var direction = target - position;
        return new(seconds, position, direction.LengthSquared > 0 ? direction : Vector3d.UnitX, Vector3d.UnitZ);
    }
}
