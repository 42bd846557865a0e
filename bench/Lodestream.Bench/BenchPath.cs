using Lodestream.Simulation.Cameras;
using Lodestream.Tests.Shared;

namespace Lodestream.Bench;

/// <summary>The bench world's flight.</summary>
internal static class BenchPath
{
    /// <summary>Reads the flight from a file, or from next to the data.</summary>
    /// <param name="file">The file; null to look for it.</param>
    /// <param name="error">What is wrong; null when all is well.</param>
    public static PosePath? Read(string? file, out string? error)
    {
        file ??= DataFolder.BenchFlight;
        error = file is null ? DataFolder.Absent : null;
        if (file is null)
            return null;
        try
        {
            return PosePath.Parse(file, File.ReadAllBytes(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            error = e.Message;
            return null;
        }
    }
}
