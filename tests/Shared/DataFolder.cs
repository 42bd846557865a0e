namespace Lodestream.Tests.Shared;

/// <summary>Where real data lies: the one place that knows. LODESTREAM_DATA names the folder; by default it is shared/data in a folder above.</summary>
internal static class DataFolder
{
    private const string Variable = "LODESTREAM_DATA";

    /// <summary>Why a test is skipped that needs the data.</summary>
    public const string Absent = $"no test data: {Variable} names its folder, by default shared/data in a folder above";

    /// <summary>The folder; null where it is absent.</summary>
    public static string? Path { get; } = Find();

    /// <summary>The bench world's flight, next to the data; null where it is absent.</summary>
    public static string? BenchFlight { get; } = Path is null ? null : Existing(System.IO.Path.Combine(Path, "..", "bench", "path.json"));

    /// <summary>A file or folder of the data.</summary>
    public static string Of(string relative) => System.IO.Path.Combine(Path ?? throw new InvalidOperationException(Absent), relative);

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } named)
            return Directory.Exists(named) ? named : null;
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var data = System.IO.Path.Combine(folder.FullName, "shared", "data");
            if (Directory.Exists(data))
                return data;
        }
        return null;
    }

    private static string? Existing(string file) => File.Exists(file) ? System.IO.Path.GetFullPath(file) : null;
}
