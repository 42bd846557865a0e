using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Lodestream.Scene;

namespace Lodestream.Selection;

/// <summary>
/// Boxes along the scene's axes, number by number, so that several are measured at once: to the horizon a city has tens of thousands in view.
/// </summary>
internal sealed class FarBoxes(int count)
{
    private readonly double[] _centerX = new double[count], _centerY = new double[count], _centerZ = new double[count];
    private readonly double[] _halfX = new double[count], _halfY = new double[count], _halfZ = new double[count];
    private readonly double[] _error = new double[count];

    /// <summary>Takes a box in.</summary>
    public void Set(int place, in TileNode node)
    {
        (_centerX[place], _centerY[place], _centerZ[place]) = (node.CenterX, node.CenterY, node.CenterZ);
        (_halfX[place], _halfY[place], _halfZ[place]) = (node.HalfX, node.HalfY, node.HalfZ);
        _error[place] = node.GeometricError;
    }

    /// <summary>Metres from a camera to each of a run of boxes, and their errors on its screen, pixels: to the bit what <see cref="PreparedView"/> has one by one.</summary>
    /// <param name="view">The camera.</param>
    /// <param name="first">The run's first box.</param>
    /// <param name="distances">Room for the distances, as many as there are boxes in the run.</param>
    /// <param name="errors">Room for the errors.</param>
    public void Measure(in PreparedView view, int first, Span<double> distances, Span<double> errors)
    {
        var done = Vector256.IsHardwareAccelerated ? MeasureFour(view, first, distances, errors) : 0;
        for (var i = done; i < distances.Length; i++)
        {
            var place = first + i;
            var x = Math.Max(0, Math.Abs(_centerX[place] - view.X) - _halfX[place]);
            var y = Math.Max(0, Math.Abs(_centerY[place] - view.Y) - _halfY[place]);
            var z = Math.Max(0, Math.Abs(_centerZ[place] - view.Z) - _halfZ[place]);
            distances[i] = Math.Sqrt(x * x + y * y + z * z);
            errors[i] = _error[place] * view.PixelScale / Math.Max(distances[i], view.Near);
        }
    }

    // Four at a time, each lane as the one after the other; gives how many were measured.
    private int MeasureFour(in PreparedView view, int first, Span<double> distances, Span<double> errors)
    {
        var (eyeX, eyeY, eyeZ) = (Vector256.Create(view.X), Vector256.Create(view.Y), Vector256.Create(view.Z));
        var (scale, near) = (Vector256.Create(view.PixelScale), Vector256.Create(view.Near));
        var whole = distances.Length & ~3;
        for (var i = 0; i < whole; i += 4)
        {
            var place = first + i;
            var x = Vector256.Max(Vector256.Abs(Four(_centerX, place) - eyeX) - Four(_halfX, place), Vector256<double>.Zero);
            var y = Vector256.Max(Vector256.Abs(Four(_centerY, place) - eyeY) - Four(_halfY, place), Vector256<double>.Zero);
            var z = Vector256.Max(Vector256.Abs(Four(_centerZ, place) - eyeZ) - Four(_halfZ, place), Vector256<double>.Zero);
            var distance = Vector256.Sqrt(x * x + y * y + z * z);
            distance.CopyTo(distances[i..]);
            (Four(_error, place) * scale / Vector256.Max(distance, near)).CopyTo(errors[i..]);
        }
        return whole;
    }

    private static Vector256<double> Four(double[] numbers, int at) => Vector256.LoadUnsafe(ref MemoryMarshal.GetArrayDataReference(numbers), (nuint)at);
}
