using Lodestream.Simulation.Cameras;

namespace Lodestream.Bench;

/// <summary>The bench world's flight.</summary>
internal static class BenchPath
{
    /// <summary>Where the flight lies beside a checkout, seen from any folder inside it.</summary>
    private static readonly string Default = Path.Combine("shared", "bench", "path.json");

    /// <summary>Reads the flight from a file, or from where it lies beside the checkout.</summary>
    /// <param name="file">The file; null to look for it.</param>
    /// <param name="error">What is wrong; null when all is well.</param>
    public static PosePath? Read(string? file, out string? error)
    {
        file ??= Find();
        error = null;
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

    private static string Find()
    {
        for (var folder = new DirectoryInfo(Environment.CurrentDirectory); folder is not null; folder = folder.Parent)
        {
            var file = Path.Combine(folder.FullName, Default);
            if (File.Exists(file))
                return file;
        }
        return Default;
    }
}
