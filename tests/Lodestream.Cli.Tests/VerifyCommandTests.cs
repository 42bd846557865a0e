using System.Text.Json;
using Lodestream.Cli.Tests.Fixtures;
using Lodestream.Cli.Verification;

namespace Lodestream.Cli.Tests;

/// <summary>What <c>lodestream verify</c> refuses, and what it makes of the facts a page gives it; browser tests run the whole of it.</summary>
public sealed class VerifyCommandTests
{
    [Theory]
    [InlineData("no http or https URL", "verify", "tileset.json")]
    [InlineData("no http or https URL", "verify", "file:///tileset.json")]
    [InlineData("/nowhere/chrome", "verify", "http://127.0.0.1:1/", "--browser", "/nowhere/chrome")]
    [InlineData("--timeout", "verify", "http://127.0.0.1:1/", "--timeout", "0")]
    public async Task Wrong_use_is_one_line_that_says_what(string says, params string[] args)
    {
        var ended = await LodestreamProcess.RunAsync(args);

        Assert.Equal(2, ended.ExitCode);
        Assert.Contains(says, Assert.Single(ended.ErrorLines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_that_is_no_browser_is_wrong_use()
    {
        var program = Environment.ProcessPath!;
        var ended = await LodestreamProcess.RunAsync("verify", "http://127.0.0.1:1/", "--browser", program);

        Assert.Equal(2, ended.ExitCode);
        Assert.Contains(program, Assert.Single(ended.ErrorLines, line => line.StartsWith("lodestream:", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_that_stops_answering_is_given_up()
    {
        var page = new AnsweringPage(new SilentPage(answersBeforeDone: null), "http://127.0.0.1:1/", TimeSpan.FromMilliseconds(5), TimeProvider.System);
        var gone = await Assert.ThrowsAsync<PageException>(() => page.EvaluateAsync("slow()", CancellationToken.None));
        Assert.Contains("the page has not answered for 0.005 s", gone.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_page_that_is_waiting_and_answers_meanwhile_is_waited_for()
    {
        var page = new AnsweringPage(new SilentPage(answersBeforeDone: 3), "http://127.0.0.1:1/", TimeSpan.FromMilliseconds(5), TimeProvider.System);
        Assert.Equal(7, (await page.EvaluateAsync("slow()", CancellationToken.None)).GetInt32());
    }

    [Fact]
    public async Task A_page_s_own_error_is_not_taken_for_silence()
    {
        var page = new AnsweringPage(new SilentPage(answersBeforeDone: 0), "http://127.0.0.1:1/", TimeSpan.FromMinutes(1), TimeProvider.System);
        Assert.Equal("it threw", (await Assert.ThrowsAsync<PageException>(() => page.EvaluateAsync("throw", CancellationToken.None))).Message);
    }

    // Does what it was asked to when it has answered so many questions in between; never answers without such a number.
    private sealed class SilentPage(int? answersBeforeDone) : IProbedPage
    {
        private readonly TaskCompletionSource<JsonElement> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _answers;

        public Task<JsonElement> EvaluateAsync(string expression, CancellationToken cancellation)
        {
            if (expression == "throw")
                return Task.FromException<JsonElement>(new PageException("it threw"));
            if (expression != "0")
                return _done.Task;
            if (++_answers == answersBeforeDone)
                _done.SetResult(JsonDocument.Parse("7").RootElement);
            return answersBeforeDone is null ? new TaskCompletionSource<JsonElement>().Task : Task.FromResult(JsonDocument.Parse("0").RootElement);
        }
    }

    [Fact]
    public void A_step_in_which_everything_agrees_has_no_findings()
    {
        Assert.Empty(Judge(Good).Findings);
        Assert.True(Judge(Good).Passed);
    }

    [Fact]
    public void Files_that_contents_depend_on_may_be_asked_for_beside_them() =>
        Assert.Empty(Judge(Good with { First = Good.First with { Requested = 13 }, AttemptedFiles = ["a", "b", "a.bin"], Fetched = ["a", "b", "a.bin"] }).Findings);

    [Fact]
    public void What_is_wrong_is_found_and_said()
    {
        Check(Good with { Frames = 9 }, "selection ran 9 frames after the move");
        Check(Good with { Frames = 120, First = Good.Before }, "no selection ran within 120 frames");
        Check(Good with { Third = Good.Third with { Signature = "other" } }, "the signature changed from wanted to other");
        Check(Good with { Third = Good.Third with { TreeVersion = 8 } }, "topology or detail changed");
        Check(Good with { Last = Good.Last with { Signature = "other" } }, "the first frame wanted wanted, and in the end other");
        Check(Good with { First = Good.First with { Requested = 13 } }, "requested rose by 3; 2 contents were newly wanted");
        Check(Good with { Admitted = ["a"] }, "b was asked for and is not among what was newly wanted");
        Check(Good with { Attempted = ["a"], AttemptedFiles = ["a"] }, "b was admitted and not asked for");
        Check(Good with { Attempted = ["a", "b"], AttemptedFiles = ["a", "a"] }, "a was asked for 2 times");
        Check(Good with { Fetched = ["a"] }, "b counts as asked for, and the page did not fetch it");
        Check(Good with { First = Good.First with { InFlight = 0 } }, "nothing is in flight after the first frame");
        Check(Good with { Third = Good.Third with { PeakInFlight = 0 } }, "peakInFlight is 0");
        Check(Good with { First = Good.First with { PrimaryZ = 5 } }, "primaryZ is 5; the deepest tile among primaryKeys is of level 4");
        Check(Good with { Settled = false }, "never settled");

        static void Check(MoveFacts facts, string says) => Assert.Contains(Judge(facts).Findings, finding => finding.Contains(says, StringComparison.Ordinal));
    }

    // A pixel is a metre 1,000 metres away: 2,048, 1,024, 512 and 256 pixels wide are tiles of levels 0 to 3, and 128 of level 4.
    [Theory]
    [InlineData(3, false, true)]
    [InlineData(2, false, false)]
    [InlineData(2, true, true)]
    [InlineData(4, false, false)]
    [InlineData(4, true, false)]
    public void A_pyramid_s_level_is_the_deepest_whose_tiles_are_wide_enough_or_the_last_there_is(int level, bool ends, bool isRight)
    {
        var policy = new PolicyFacts("pyramid", FocalDistance: 1000, FovY: 2 * Math.Atan(0.4), ViewportHeight: 800, TargetTileWidthPx: 255, RootTileWidth: 2048);
        Assert.Equal(isRight, Judge(Good with { Policy = policy, Last = Good.Last with { PrimaryZ = level }, EndsInView = ends }).Passed);
    }

    [Theory]
    [InlineData(0.5, 2)]
    [InlineData(0.25, 1)]
    public void Less_detail_asks_for_wider_tiles_of_a_pyramid(double detail, int level)
    {
        var policy = new PolicyFacts("pyramid", FocalDistance: 1000, FovY: 2 * Math.Atan(0.4), ViewportHeight: 800, TargetTileWidthPx: 255, RootTileWidth: 2048);
        var (first, third, last) = (Good.First with { DetailScale = detail }, Good.Third with { DetailScale = detail }, Good.Last with { DetailScale = detail });
        Assert.Empty(Judge(Good with { Policy = policy, First = first, Third = third, Last = last with { PrimaryZ = level } }).Findings);
        Assert.NotEmpty(Judge(Good with { Policy = policy, First = first, Third = third, Last = last with { PrimaryZ = level + 1 } }).Findings);
    }

    [Fact]
    public void A_pyramid_that_does_not_tell_its_tiles_widths_cannot_be_judged() =>
        Assert.Contains("does not tell", Assert.Single(Judge(Good with { Policy = Good.Policy with { Name = "pyramid" } }).Findings), StringComparison.Ordinal);

    [Fact]
    public void Topology_that_arrives_later_may_change_what_is_wanted() =>
        Assert.Empty(Judge(Good with { Last = Good.Last with { TreeVersion = 8, Signature = "finer" } }).Findings);

    private static readonly FrameFacts Standing = new(7, "wanted", TreeVersion: 7, DetailScale: 1, PrimaryZ: 4, NotYetResident: 3, Requested: 12, InFlight: 2, PeakInFlight: 5);

    private static readonly MoveFacts Good = new(
        Frames: 1, DeepestPrimary: 4, Settled: true, Fetched: ["a", "b"],
        Before: Standing with { FrameId = 6, Signature = "before", Requested = 10, InFlight = 0 }, First: Standing, Third: Standing with { FrameId = 9 }, Last: Standing with { FrameId = 20 },
        Demanded: ["a", "b", "c"], Admitted: ["a", "b"], Attempted: ["a", "b"], AttemptedFiles: ["a", "b"], Policy: new("error", FocalDistance: 1000, FovY: 1, ViewportHeight: 800), EndsInView: false, Errors: [1, 0, 2, null]);

    private static CoherenceStep Judge(MoveFacts facts) => CoherenceStep.Judge(new("oblique", facts, facts));
}
