using System.Reflection;
using System.Runtime.CompilerServices;

namespace Lodestream.Tests.PublicApi;

/// <summary>The packages' public surfaces, pinned: what others build on changes on purpose or not at all.</summary>
public class PublicApiTests
{
    private const string Accept = "LODESTREAM_ACCEPT_API";

    [Theory]
    [InlineData("Lodestream")]
    [InlineData("Lodestream.Formats")]
    [InlineData("Lodestream.Transport")]
    public void A_package_s_public_surface_is_the_one_that_is_written_down(string assembly)
    {
        var file = Path.Combine(Folder(), assembly + ".txt");
        var actual = ApiText.Of(Assembly.Load(assembly));
        if (Environment.GetEnvironmentVariable(Accept) is { Length: > 0 })
            File.WriteAllText(file, actual);
        var expected = File.Exists(file) ? File.ReadAllText(file).ReplaceLineEndings("\n") : "";
        if (actual == expected)
            return;
        var (added, removed) = Difference(expected.Split('\n'), actual.Split('\n'));
        Assert.Fail($"""
            The public surface of {assembly} is not the one in {Path.GetFileName(file)}. Is the change meant? Then accept it and commit the file:
                {Accept}=1 dotnet test tests/Lodestream.Tests --filter PublicApi
            {string.Join('\n', removed.Select(line => "- " + line).Concat(added.Select(line => "+ " + line)).Take(60))}
            """);
    }

    [Fact]
    public void The_surface_tells_what_matters_to_a_caller()
    {
        var text = ApiText.Of(typeof(TileStreamer).Assembly);
        Assert.Contains("sealed class Lodestream.TileStreamer\n", text, StringComparison.Ordinal);
        Assert.Contains("    FrameDecision Tick(TimeSpan now, ReadOnlySpan<View> views)\n", text, StringComparison.Ordinal);
        Assert.Contains("    int MaximumRequests { get; init; }\n", text, StringComparison.Ordinal);
        Assert.Contains("    required Vector3d Position { get; init; }\n", text, StringComparison.Ordinal);
        Assert.Contains("    OnEvent = 2\n", text, StringComparison.Ordinal);
        Assert.Contains("    void Start(in TileRequest request)\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("<Clone>", text, StringComparison.Ordinal);
        Assert.DoesNotContain("ContentPipeline", text, StringComparison.Ordinal);
    }

    // Lines of one text that the other has fewer of, each with the type it belongs to.
    private static (List<string> Added, List<string> Removed) Difference(string[] expected, string[] actual) =>
        ([.. Qualified(actual).Except(Qualified(expected))], [.. Qualified(expected).Except(Qualified(actual))]);

    private static IEnumerable<string> Qualified(string[] lines)
    {
        var type = "";
        foreach (var line in lines)
        {
            if (line.StartsWith(' '))
                yield return $"{type.Split(' ').First(word => word.Contains('.', StringComparison.Ordinal))}: {line.Trim()}";
            else if (line.Length > 0)
                yield return type = line;
        }
    }

    private static string Folder([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
