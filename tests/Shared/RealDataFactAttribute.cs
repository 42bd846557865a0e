namespace Lodestream.Tests.Shared;

/// <summary>A test on real data, skipped with a reason where the data is absent.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class RealDataFactAttribute : FactAttribute
{
    public RealDataFactAttribute()
    {
        if (!Directory.Exists(Folder))
            Skip = $"no test data at {Folder} (LODESTREAM_DATA names another place)";
    }

    /// <summary>The folder of <c>Lodestream.slnx</c>.</summary>
    public static string RepositoryRoot { get; } = FindRepositoryRoot();

    /// <summary>Where the data lies.</summary>
    public static string Folder { get; } =
        Environment.GetEnvironmentVariable("LODESTREAM_DATA") ?? Path.GetFullPath(Path.Combine(RepositoryRoot, "..", "shared", "data"));

    private static string FindRepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Lodestream.slnx")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException($"{AppContext.BaseDirectory} is not inside the repository");
    }
}
