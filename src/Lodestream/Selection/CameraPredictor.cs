using Lodestream.Geometry;

namespace Lodestream.Selection;

/// <summary>Options of camera prediction.</summary>
public sealed record PredictionOptions
{
    /// <summary>How far ahead the camera is predicted, seconds. Default 6: on the bench flight 2 leave more to load after the stop (docs/decisions.md).</summary>
    public double LookAheadSeconds { get; init; } = 6;

    /// <summary>How far ahead contents are fetched when nothing visible waits, seconds; 0 never. Default 0.5 (ours).</summary>
    public double PrefetchSeconds { get; init; } = 0.5;

    /// <summary>Least confidence with which contents are fetched ahead. Default 0.7 (ours).</summary>
    public double PrefetchConfidence { get; init; } = 0.7;

    /// <summary>Time constant of the smoothed velocity and turn rate, seconds. Default 0.15 (ours).</summary>
    public double SmoothingSeconds { get; init; } = 0.15;

    /// <summary>Turn, in radians, after which a prediction is trusted half as much. Default 1 (ours).</summary>
    public double HalfTrustTurn { get; init; } = 1;

    /// <summary>A camera that moves more than this share of the scene's size in one tick has jumped: what was learned is forgotten. Default 0.02 (ours).</summary>
    public double JumpShare { get; init; } = 0.02;
}

/// <summary>
/// Predicts where a camera will be from where it was: velocity and turn rate, exponentially smoothed. A jump starts it anew. The
/// faster the camera turns, the less the prediction is trusted.
/// </summary>
public sealed class CameraPredictor(PredictionOptions options)
{
    private View _last;
    private TimeSpan _lastTime;
    private bool _hasLast;
    private Vector3d _velocity, _turn;

    /// <summary>Smoothed velocity, metres per second.</summary>
    public Vector3d Velocity => _velocity;

    /// <summary>Smoothed turn rate: axis times radians per second.</summary>
    public Vector3d Turn => _turn;

    /// <summary>Whether the camera stands still.</summary>
    public bool IsStill => _velocity == Vector3d.Zero && _turn == Vector3d.Zero;

    /// <summary>Takes in where the camera is now.</summary>
    /// <param name="view">The camera.</param>
    /// <param name="now">Time of the tick.</param>
    /// <param name="sceneSize">Radius of the scene, metres; tells a jump from a move.</param>
    public void Update(in View view, TimeSpan now, double sceneSize)
    {
        var elapsed = (now - _lastTime).TotalSeconds;
        if (_hasLast && elapsed > 0)
            Learn(view, elapsed, sceneSize);
        if (!_hasLast || elapsed > 0)
            (_last, _lastTime, _hasLast) = (view, now, true);
    }

    /// <summary>Where the camera will be, if it goes on like this.</summary>
    /// <param name="seconds">How far ahead.</param>
    public View Predict(double seconds)
    {
        var angle = _turn.Length * seconds;
        var view = _last with { Position = _last.Position + _velocity * seconds };
        if (angle < 1e-6)
            return view;
        var axis = _turn.Normalized();
        return view with { Direction = Rotated(view.Direction, axis, angle), Up = Rotated(view.Up, axis, angle) };
    }

    /// <summary>How far a prediction is to be trusted: 1 for now, falling with the angle turned until then.</summary>
    /// <param name="seconds">How far ahead.</param>
    public double Confidence(double seconds) => 1 / (1 + _turn.Length * seconds / options.HalfTrustTurn);

    private void Learn(in View view, double elapsed, double sceneSize)
    {
        var moved = view.Position - _last.Position;
        var direction = view.Direction.Normalized();
        var before = _last.Direction.Normalized();
        var speedAllows = _velocity.Length * elapsed * 4;
        if (moved.Length > options.JumpShare * sceneSize + speedAllows || Vector3d.Dot(direction, before) < 0.5)
        {
            (_velocity, _turn) = (Vector3d.Zero, Vector3d.Zero);
            return;
        }
        if (moved == Vector3d.Zero && direction == before)
        {
            // A camera that stopped has stopped: nothing is gained by predicting the tail of a filter.
            (_velocity, _turn) = (Vector3d.Zero, Vector3d.Zero);
            return;
        }
        var share = elapsed / (elapsed + options.SmoothingSeconds);
        _velocity += (moved / elapsed - _velocity) * share;
        _turn += (Vector3d.Cross(before, direction) / elapsed - _turn) * share;
    }

    // Rodrigues' formula.
    private static Vector3d Rotated(Vector3d v, Vector3d axis, double angle)
    {
        var (sin, cos) = (DeterministicMath.Sin(angle), DeterministicMath.Cos(angle));
        return v * cos + Vector3d.Cross(axis, v) * sin + axis * (Vector3d.Dot(axis, v) * (1 - cos));
    }
}
