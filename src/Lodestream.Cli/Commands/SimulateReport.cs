using System.CommandLine;
using System.Globalization;
using System.Text.RegularExpressions;
using Lodestream.Cli.Output;
using Lodestream.Scene;
using Lodestream.Simulation.Reporting;
using Lodestream.Simulation.Runs;
using Lodestream.Simulation.Scenarios;
using Lodestream.Simulation.Scenes;

namespace Lodestream.Cli.Commands;

/// <summary>A run that was simulated.</summary>
/// <param name="Scenario">What was simulated.</param>
/// <param name="Survey">The scene.</param>
/// <param name="Verdict">What came of it.</param>
internal sealed record SimulatedRun(SimulationScenario Scenario, SceneSurvey Survey, SimulationVerdict Verdict);

/// <summary>The options <c>--report</c> and <c>--compare</c> of <c>lodestream simulate</c>.</summary>
internal sealed partial class SimulateReport
{
    private readonly Option<string?> _report = new("--report") { Description = "write a page with timelines, a map and the gates: one file, without references", HelpName = "FILE.html" };
    private readonly Option<string[]> _compare = new("--compare") { Description = "run nothing: write the report of two results (--json) or reports held against each other", HelpName = "A B", Arity = new(2, 2), AllowMultipleArgumentsPerToken = true };
    private ReportRecorder? _recorder;

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_report);
        command.Add(_compare);
    }

    /// <summary>Writes a comparison where one is asked for.</summary>
    /// <returns>Whether one was asked for.</returns>
    /// <exception cref="CommandException">A file is missing, or is no result.</exception>
    public async Task<bool> CompareAsync(ParseResult parsed, CancellationToken cancellation)
    {
        if (parsed.GetValue(_compare) is not [var before, var after])
            return false;
        var file = parsed.GetValue(_report) ?? throw new CommandException("--compare writes a page: say where with --report FILE.html");
        try
        {
            OutputFile.Write(file, ComparisonReport.ToHtml((before, await ReadAsync(before, cancellation)), (after, await ReadAsync(after, cancellation))));
        }
        catch (FormatException e)
        {
            throw new CommandException(e.Message, e);
        }
        return true;
    }

    /// <summary>Says before the run that its report could not be written.</summary>
    /// <exception cref="CommandException">It could not.</exception>
    public void Expect(ParseResult parsed)
    {
        if (parsed.GetValue(_report) is { } file)
            OutputFile.Expect(file);
    }

    /// <summary>Who records the run for the report; nobody where none is asked for.</summary>
    public IEnumerable<SimulationObserver> Record(ParseResult parsed, TileTree tree)
    {
        if (parsed.GetValue(_report) is null)
            return [];
        _recorder = new(tree);
        return [_recorder];
    }

    /// <summary>Writes the report where one is asked for.</summary>
    public void Write(ParseResult parsed, SimulatedRun run, IReadOnlyList<TileStory> stories)
    {
        if (parsed.GetValue(_report) is not { } file || _recorder is null)
            return;
        var report = new RunReport
        {
            Verdict = run.Verdict,
            Scenario = run.Scenario,
            Survey = run.Survey,
            Recorder = _recorder,
            Command = Repeating(parsed, run.Scenario.Seed),
            Stories = stories,
        };
        OutputFile.Write(file, report.ToHtml());
    }

    // What was typed, without what only says where results go, and with the seed.
    private static string Repeating(ParseResult parsed, ulong seed)
    {
        var words = new List<string> { "lodestream" };
        var seeded = false;
        for (var i = 0; i < parsed.Tokens.Count; i++)
        {
            var word = parsed.Tokens[i].Value;
            if (word is "--report" or "--json")
            {
                i += i + 1 < parsed.Tokens.Count && (word == "--report" || !parsed.Tokens[i + 1].Value.StartsWith("--", StringComparison.Ordinal)) ? 1 : 0;
                continue;
            }
            seeded |= word == "--seed";
            words.Add(Plain().IsMatch(word) ? word : $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'");
        }
        if (!seeded)
            words.Add(string.Create(CultureInfo.InvariantCulture, $"--seed {seed}"));
        return string.Join(' ', words);
    }

    private static async Task<byte[]> ReadAsync(string file, CancellationToken cancellation)
    {
        try
        {
            return await File.ReadAllBytesAsync(file, cancellation);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CommandException($"{file}: there is no such file", e);
        }
    }

    [GeneratedRegex(@"^[\w@%+=:,./-]+$", RegexOptions.CultureInvariant)]
    private static partial Regex Plain();
}
