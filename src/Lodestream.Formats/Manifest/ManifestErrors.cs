namespace Lodestream.Formats.Manifest;

/// <summary>Between switch distances and geometric errors, so that policies that go by errors switch where the manifest says.</summary>
public static class ManifestErrors
{
    // Screen and target for which switch distances are taken to be chosen: 1080 lines, 60° from top to bottom, 16 px.
    private const double Lines = 1080, TargetPixels = 16, TangentOf30Degrees = 0.57735026918962576;

    /// <summary>Geometric error of a representation that is shown from a distance on: there it is exactly 16 px on a screen of 1080 lines that shows 60°.</summary>
    /// <param name="distance">Metres; 0 for the full tile.</param>
    /// <returns>Metres.</returns>
    public static double ShownFrom(double distance) => TargetPixels * 2 * distance * TangentOf30Degrees / Lines;
}
