using Lodestream.Geometry;
using Lodestream.Scene;
using Lodestream.Selection;

namespace Lodestream.Tests.Selection;

public class FarBoxesTests
{
    [Fact]
    public void Boxes_measured_together_have_the_distances_and_errors_they_have_one_by_one_to_the_bit()
    {
        var random = new Random(7);
        var nodes = Enumerable.Range(0, 103).Select(_ => new TileNode
        {
            CenterX = At(random), CenterY = At(random), CenterZ = At(random) / 50,
            HalfX = random.NextDouble() * 60, HalfY = random.NextDouble() * 60, HalfZ = random.NextDouble() * 9,
            GeometricError = random.NextDouble() * 20,
        }).ToArray();
        var boxes = new FarBoxes(nodes.Length);
        for (var place = 0; place < nodes.Length; place++)
            boxes.Set(place, nodes[place]);
        var view = new PreparedView(new View { Position = new(3, -4, 12), Direction = Vector3d.UnitX, Up = Vector3d.UnitZ, Near = 0.5, Far = 1e6 }, 1);

        foreach (var (first, count) in (ReadOnlySpan<(int, int)>)[(0, 103), (1, 4), (7, 3), (50, 0), (96, 7)])
        {
            var (distances, errors) = (new double[count], new double[count]);
            boxes.Measure(view, first, distances, errors);
            for (var i = 0; i < count; i++)
            {
                var distance = Math.Sqrt(view.SquaredDistance(nodes[first + i]));
                Assert.Equal(BitConverter.DoubleToInt64Bits(distance), BitConverter.DoubleToInt64Bits(distances[i]));
                Assert.Equal(BitConverter.DoubleToInt64Bits(nodes[first + i].GeometricError * view.PixelScale / Math.Max(distance, view.Near)), BitConverter.DoubleToInt64Bits(errors[i]));
            }
        }
    }

    // Some of them around the camera, where a distance is 0.
    private static double At(Random random) => (random.NextDouble() - 0.5) * (random.Next(4) == 0 ? 20 : 4000);
}
