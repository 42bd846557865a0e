using Lodestream.Geometry;
using Lodestream.Selection;
using Lodestream.Simulation.Scenes;
using Lodestream.Simulation.Time;

namespace Lodestream.Simulation.Cameras;

/// <summary>
/// The six built-in cameras: functions of the scene's volume, its ground and a seed. R is the radius of the scene's first volume; docs/figures.md
/// gives the paths in words.
/// </summary>
public sealed class BuiltInCamera
{
    /// <summary>The cameras' names.</summary>
    public static readonly IReadOnlyList<string> Names = ["orbit", "flyover", "dive", "teleport", "walk", "spin"];

    // Shares of R unless said otherwise.
    private const double OrbitRadius = 0.7, OrbitHeight = 0.35, FlyHeight = 0.03, DiveFrom = 2, DiveTo = 0.005, WalkEye = 5e-4, WalkSpeed = 2e-3, SpinHeight = 0.01;

    // Metres: nobody's eyes are lower, except in a scene that is a model on a table: there, a share of R.
    private const double LeastEyeMetres = 1.7, LeastEyeShare = 0.05;

    // Between two keyframes that follow the ground, seconds; stops of a teleport.
    private const double FollowEvery = 0.5;
    private const int Stops = 5, PlacesTried = 64;

    private readonly SceneSurvey _survey;
    private readonly double _radius, _seconds;
    private SeededRandom _random;

    private double LeastEye => Math.Min(LeastEyeMetres, LeastEyeShare * _radius);

    private BuiltInCamera(SceneSurvey survey, double seconds, ulong seed, string name) =>
        (_survey, _radius, _seconds, _random) = (survey, survey.Volume.Radius, seconds, SeededRandom.For(seed, name, 1));

    /// <summary>Near and far distance that suit a scene, metres.</summary>
    public static (double Near, double Far) Depths(SceneSurvey survey)
    {
        ArgumentNullException.ThrowIfNull(survey);
        var radius = survey.Volume.Radius;
        return (Math.Clamp(radius * 1e-4, Math.Min(0.1, radius * 1e-3), 1), Math.Max(1000, 20 * radius));
    }

    /// <summary>The keyframes of a camera.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="survey">The scene.</param>
    /// <param name="seconds">How long it moves.</param>
    /// <param name="seed">Chooses places and headings.</param>
    /// <returns>The keyframes; null when there is no such camera.</returns>
    public static IReadOnlyList<Keyframe>? Keyframes(string name, SceneSurvey survey, double seconds, ulong seed)
    {
        ArgumentNullException.ThrowIfNull(survey);
        var camera = new BuiltInCamera(survey, seconds, seed, name);
        return name switch
        {
            "orbit" => camera.Orbit(),
            "flyover" => camera.Flyover(),
            "dive" => camera.Dive(),
            "teleport" => camera.Teleport(),
            "walk" => camera.Walk(),
            "spin" => camera.Spin(),
            _ => null,
        };
    }

    private List<Keyframe> Orbit()
    {
        var center = Middle();
        var up = _survey.UpAt(center);
        var (from, keyframes) = (Heading(), new List<Keyframe>());
        for (var i = 0; i <= 48; i++)
        {
            var outward = Along(center, from + 2 * Math.PI * i / 48);
            var position = center + outward * (OrbitRadius * _radius) + up * (OrbitHeight * _radius);
            keyframes.Add(new(_seconds * i / 48, position, (center - position).Normalized(), up));
        }
        return keyframes;
    }

    // Across the middle and out to both sides, looking ahead and down.
    private List<Keyframe> Flyover()
    {
        var center = Middle();
        var ahead = Along(center, Heading());
        var reach = Reach(ahead);
        return Follow(center - ahead * reach, center + ahead * reach, FlyHeight * _radius, pitch: -0.35);
    }

    // The height falls by the same factor every second, as far as three quarters of the time; then the camera lingers.
    private List<Keyframe> Dive()
    {
        var place = Place();
        var up = _survey.UpAt(place);
        var ahead = Along(place, Heading());
        var (high, low) = (DiveFrom * _radius, Math.Max(LeastEye, DiveTo * _radius));
        var last = Pitched(ahead, up, -0.5);
        var keyframes = new List<Keyframe>();
        for (var i = 0; i <= 32; i++)
        {
            var share = i / 32.0;
            var height = high * DeterministicMath.Exp(-share * Log(high / low));
            var direction = (-up * (1 - share) + last * share).Normalized();
            keyframes.Add(new(0.75 * _seconds * share, place + up * height - ahead * (height * 0.3), direction, ahead * (1 - share) + up * share));
        }
        keyframes.Add(keyframes[^1] with { Seconds = _seconds });
        return keyframes;
    }

    private List<Keyframe> Teleport()
    {
        var keyframes = new List<Keyframe>();
        for (var i = 0; i < Stops; i++)
        {
            var place = Place();
            var up = _survey.UpAt(place);
            var at = new Keyframe(_seconds * i / Stops, place + up * Math.Max(LeastEye, _random.Between(0.01, 0.2) * _radius), Pitched(Along(place, Heading()), up, -0.45), up);
            keyframes.Add(at);
            keyframes.Add(at with { Seconds = _seconds * (i + 1) / Stops });
        }
        return keyframes;
    }

    private List<Keyframe> Walk()
    {
        var from = Place();
        var ahead = Along(from, Heading());
        return Follow(from, from + ahead * (WalkSpeed * _radius * _seconds), Math.Max(LeastEye, WalkEye * _radius), pitch: -0.1);
    }

    private List<Keyframe> Spin()
    {
        var place = Place();
        var up = _survey.UpAt(place);
        var position = place + up * Math.Max(LeastEye, SpinHeight * _radius);
        var (from, keyframes) = (Heading(), new List<Keyframe>());
        for (var i = 0; i <= 48; i++)
            keyframes.Add(new(_seconds * i / 48, position, Pitched(Along(place, from + 3 * Math.PI * i / 48), up, -0.15), up));
        return keyframes;
    }

    private List<Keyframe> Follow(Vector3d from, Vector3d to, double height, double pitch)
    {
        var steps = Math.Max(1, (int)Math.Ceiling(_seconds / FollowEvery));
        var keyframes = new List<Keyframe>();
        var ahead = (to - from).Normalized();
        var above = Vector3d.Dot((_survey.GroundAt(Vector3d.Lerp(from, to, 0.5)) ?? Middle()) - from, _survey.UpAt(from));
        for (var i = 0; i <= steps; i++)
        {
            var place = Vector3d.Lerp(from, to, (double)i / steps);
            var up = _survey.UpAt(place);
            above = _survey.GroundAt(place) is { } ground ? Vector3d.Dot(ground - place, up) : above;
            keyframes.Add(new(_seconds * i / steps, place + up * (above + height), Pitched(ahead, up, pitch), up));
        }
        return keyframes;
    }

    // A random place on the ground, within the middle seven tenths of the scene's volume.
    private Vector3d Place()
    {
        var volume = _survey.Volume;
        for (var i = 0; i < PlacesTried; i++)
        {
            var inside = volume.Center + volume.AxisX * (volume.HalfLengths.X * _random.Between(-0.7, 0.7))
                + volume.AxisY * (volume.HalfLengths.Y * _random.Between(-0.7, 0.7)) + volume.AxisZ * (volume.HalfLengths.Z * _random.Between(-0.7, 0.7));
            if (_survey.GroundAt(inside) is { } ground)
                return ground;
        }
        return Middle();
    }

    private Vector3d Middle() => _survey.GroundAt(_survey.Volume.Center) ?? _survey.Volume.Center;

    private double Heading() => _random.Between(0, 2 * Math.PI);

    // How far the scene's box reaches from its middle along a level direction.
    private double Reach(Vector3d ahead)
    {
        var volume = _survey.Volume;
        var reach = volume.Radius;
        if (volume.Shape == VolumeShape.Sphere)
            return reach;
        reach = Math.Min(reach, volume.HalfLengths.X / Math.Max(1e-9, Math.Abs(Vector3d.Dot(ahead, volume.AxisX))));
        reach = Math.Min(reach, volume.HalfLengths.Y / Math.Max(1e-9, Math.Abs(Vector3d.Dot(ahead, volume.AxisY))));
        return Math.Min(reach, volume.HalfLengths.Z / Math.Max(1e-9, Math.Abs(Vector3d.Dot(ahead, volume.AxisZ))));
    }

    // A level direction: an angle counted from a first axis that stands on up.
    private Vector3d Along(Vector3d place, double angle)
    {
        var up = _survey.UpAt(place);
        var first = Vector3d.Cross(Math.Abs(up.Z) < 0.9 ? Vector3d.UnitZ : Vector3d.UnitY, up).Normalized();
        return first * DeterministicMath.Cos(angle) + Vector3d.Cross(up, first) * DeterministicMath.Sin(angle);
    }

    private static Vector3d Pitched(Vector3d ahead, Vector3d up, double angle)
    {
        var level = (ahead - up * Vector3d.Dot(ahead, up)).Normalized();
        return level * DeterministicMath.Cos(angle) + up * DeterministicMath.Sin(angle);
    }

    // Natural logarithm by Newton's method on the exponential, so that a path is the same on every host.
    private static double Log(double x)
    {
        var y = 0.0;
        for (var i = 0; i < 100; i++)
        {
            var e = DeterministicMath.Exp(y);
            var step = 2 * (x - e) / (x + e);
            y += step;
            if (Math.Abs(step) < 1e-14)
                break;
        }
        return y;
    }
}
