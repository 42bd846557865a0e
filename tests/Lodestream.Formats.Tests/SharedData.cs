using System.Runtime.CompilerServices;

namespace Lodestream.Formats.Tests;

/// <summary>Where the real data is: beside the repository, or where LODESTREAM_DATA says.</summary>
internal static class SharedData
{
    public static string? Folder { get; } = Find();

    /// <summary>A file or folder of the real data.</summary>
    public static string Path(string relative) => System.IO.Path.Combine(Folder ?? throw new InvalidOperationException("The real data is absent."), relative);

    private static string? Find()
    {
        if (Environment.GetEnvironmentVariable("LODESTREAM_DATA") is { Length: > 0 } named)
            return Directory.Exists(named) ? named : null;
        for (var folder = new DirectoryInfo(SourceFolder()); folder is not null; folder = folder.Parent)
        {
            var data = System.IO.Path.Combine(folder.FullName, "shared", "data");
            if (Directory.Exists(data))
                return data;
        }
        return null;
    }

    private static string SourceFolder([CallerFilePath] string file = "") => System.IO.Path.GetDirectoryName(file)!;
}

/// <summary>A fact about real data; skipped where the data is absent.</summary>
internal sealed class RealDataFactAttribute : FactAttribute
{
    public RealDataFactAttribute()
    {
        if (SharedData.Folder is null)
            Skip = "the real data is absent (../shared/data or LODESTREAM_DATA)";
    }
}

/// <summary>A theory about real data; skipped where the data is absent.</summary>
internal sealed class RealDataTheoryAttribute : TheoryAttribute
{
    public RealDataTheoryAttribute()
    {
        if (SharedData.Folder is null)
            Skip = "the real data is absent (../shared/data or LODESTREAM_DATA)";
    }
}
