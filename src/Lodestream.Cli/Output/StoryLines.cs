using System.Globalization;
using Lodestream.Simulation.Runs;

namespace Lodestream.Cli.Output;

/// <summary>A tile's story for people.</summary>
internal static class StoryLines
{
    /// <summary>Prints the story.</summary>
    /// <param name="story">The story.</param>
    /// <param name="key">The tile as it was asked for.</param>
    /// <param name="output">Where to.</param>
    /// <exception cref="CommandException">The run never knew the tile.</exception>
    public static void Print(TileStory story, string key, TextWriter output)
    {
        output.WriteLine(story.Name ?? throw new CommandException($"--why {key}: the run never came to know such a tile"));
        foreach (var line in story.Lines)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{line.Seconds,9:0.000} s  {line.What}"));
    }
}
