namespace Lodestream.Simulation.Tests.Determinism;

/// <summary>A test that needs Node; skipped, visibly, where there is none, but never under CI.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NodeFactAttribute : FactAttribute
{
    public NodeFactAttribute()
    {
        if (Environment.GetEnvironmentVariable("CI") != "true" && !IsOnPath)
            Skip = "no node on the PATH";
    }

    private static bool IsOnPath => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Any(folder => File.Exists(Path.Combine(folder, OperatingSystem.IsWindows() ? "node.exe" : "node")));
}
