using Lodestream.Diagnostics;
using Lodestream.Residency;
using Lodestream.Streaming;
using Lodestream.Tests.Harness;

namespace Lodestream.Tests.Streaming;

public class ContentDependencyTests
{
    private const string Folder = "http://tiles.test/scene/";

    private static readonly ContentDependency Buffer = new(Folder + "buffer.bin"), Image = new(Folder + "image.png", IsOptional: true);

    [Fact]
    public void A_content_s_files_are_fetched_and_handed_over_in_the_order_they_were_named()
    {
        var world = new HandDrivenWorld("R(a b)");
        world.FilesOf["a"] = [Buffer, Image];
        world.DeliverAllBut("buffer", "image");
        Assert.Equal(["buffer", "image"], world.InFlight);
        Assert.True(world.Request("buffer").IsDependency);
        Assert.Equal((TileReason.FetchingFiles, ContentState.Preparing), (world.Why("a").Reason, world.Why("a").State));
        Assert.False(world.Streamer.Statistics.Settled);
        Assert.Equal("R-b b", world.Screen);
        world.Deliver("image", "buffer");
        Assert.Equal([Buffer.Uri, Image.Uri], world.Supplied["a"].Select(file => file.Uri));
        Assert.All(world.Supplied["a"], file => Assert.Equal(HandDrivenWorld.PayloadBytes, ((byte[])file.Payload!).Length));
        Assert.Equal("a b", world.Screen);
        Assert.True(world.Streamer.Statistics.Settled);
    }

    [Fact]
    public void Files_are_charged_to_their_content_from_the_moment_they_are_asked_for()
    {
        var world = new HandDrivenWorld("R(a b)");
        world.FilesOf["a"] = [Buffer];
        world.DeliverAllBut("buffer");
        var before = world.Streamer.Statistics.CpuBytes;
        world.Headers("buffer", 200_000);
        world.Settle();
        Assert.InRange(world.Streamer.Statistics.CpuBytes - before, 100_000, 200_000);
        world.Answer("buffer", 200_000);
        world.Settle();
        Assert.Equal(0, world.Streamer.Statistics.CpuBytes);
        Assert.True(world.Streamer.Statistics.Settled);
    }

    [Fact]
    public void A_content_without_one_of_its_files_fails_with_the_file_s_name_and_comes_when_the_file_does()
    {
        var world = new HandDrivenWorld("R(a b)");
        world.FilesOf["a"] = [Buffer];
        world.DeliverAllBut("buffer");
        world.Fail503("buffer");
        var why = world.Why("a");
        Assert.Equal((TileReason.FailedForNow, StateReason.HttpError), (why.Reason, why.StateReason));
        Assert.Contains("a.glb: needs " + Buffer.Uri, why.Detail, StringComparison.Ordinal);
        Assert.Contains("calloff a FileMissing", world.Log);
        world.Wait(60);
        world.DeliverAll();
        Assert.Equal("a b", world.Screen);
    }

    [Fact]
    public void A_file_that_fails_again_and_again_is_given_up_like_any_content()
    {
        var world = new HandDrivenWorld("R(a b)", HandDrivenWorld.Plain with { Hosts = new() { MaximumAttempts = 3 } });
        world.FilesOf["a"] = [Buffer];
        for (var attempt = 0; attempt < 3; attempt++)
        {
            world.DeliverAllBut("buffer");
            Assert.Equal(TileReason.FetchingFiles, world.Why("a").Reason);
            world.Fail503("buffer");
            world.Wait(100);
        }
        Assert.Equal(TileReason.FailedForGood, world.Why("a").Reason);
        Assert.Empty(world.InFlight);
        Assert.True(world.Streamer.Statistics.Settled);
    }

    [Fact]
    public void A_file_that_does_not_exist_fails_its_content_for_good_and_calls_off_the_others()
    {
        var world = new HandDrivenWorld("R(a b)");
        world.FilesOf["a"] = [Buffer, new(Folder + "other.bin")];
        world.DeliverAllBut("buffer", "other");
        world.Fail404("buffer");
        Assert.Contains("cancel other FileMissing", world.Log);
        Assert.Equal((TileReason.FailedForGood, StateReason.NotFound), (world.Why("a").Reason, world.Why("a").StateReason));
        Assert.Empty(world.InFlight);
        Assert.True(world.Streamer.Statistics.Settled);
    }

    [Fact]
    public void An_optional_file_that_fails_is_handed_over_as_missing()
    {
        var world = new HandDrivenWorld("R(a b)");
        world.FilesOf["a"] = [Buffer, Image];
        world.DeliverAllBut("image");
        world.Fail404("image");
        Assert.Null(world.Supplied["a"][1].Payload);
        Assert.NotNull(world.Supplied["a"][1].Error);
        Assert.Equal("a b", world.Screen);
    }

    [Fact]
    public void Files_that_take_too_long_fail_their_content()
    {
        var world = new HandDrivenWorld("R(a b)");
        world.FilesOf["a"] = [Buffer];
        world.DeliverAllBut("buffer");
        world.Wait(30);
        Assert.Equal(StateReason.TimedOut, world.Why("a").StateReason);
        Assert.Contains("cancel buffer TimedOut", world.Log);
    }

    [Fact]
    public void Waiting_for_files_does_not_count_as_preparing_for_the_watchdog()
    {
        var world = new HandDrivenWorld("R(a b)", HandDrivenWorld.Plain with { PrepareTimeoutSeconds = 5, Hosts = new() { FirstByteTimeout = 100 } });
        world.FilesOf["a"] = [Buffer];
        world.DeliverAllBut("buffer");
        world.Wait(50);
        Assert.Equal(["buffer"], world.InFlight);
        world.Deliver("buffer");
        Assert.Equal("a b", world.Screen);
    }

    [Fact]
    public void Files_of_a_content_nobody_wants_any_more_are_called_off_with_it()
    {
        var world = new HandDrivenWorld("R(a b)");
        world.FilesOf["a"] = [Buffer];
        world.DeliverAllBut("buffer");
        world.Look(Cameras.All(0));
        Assert.Contains("cancel buffer NoLongerWanted", world.Log);
        Assert.Contains("calloff a NoLongerWanted", world.Log);
        Assert.Empty(world.InFlight);
        Assert.Equal("R", world.Screen);
    }

    [Fact]
    public void Requests_for_files_stay_within_the_caps()
    {
        var world = new HandDrivenWorld("R(a b)", HandDrivenWorld.Plain with { MaximumRequestsPerHost = 2 });
        world.FilesOf["a"] = [.. Enumerable.Range(0, 9).Select(i => new ContentDependency($"{Folder}f{i}.bin"))];
        world.DeliverAll();
        Assert.Equal(9, world.Supplied["a"].Count);
        Assert.Equal(2, world.Streamer.Statistics.PeakInFlight);
    }

    [Fact]
    public void A_content_that_depends_on_more_files_than_are_allowed_fails_for_good()
    {
        var world = new HandDrivenWorld("R(a b)", HandDrivenWorld.Plain with { MaximumFilesPerContent = 3 });
        world.FilesOf["a"] = [.. Enumerable.Range(0, 4).Select(i => new ContentDependency($"{Folder}f{i}.bin"))];
        world.DeliverAll();
        Assert.Equal(TileReason.FailedForGood, world.Why("a").Reason);
        Assert.Contains("depends on 4 files", world.Why("a").Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void A_document_s_files_come_before_its_tiles()
    {
        var world = new HandDrivenWorld("R(a @x)");
        world.AddDocument(Folder + "x.json", "X(c d)");
        world.FilesOf["x"] = [Buffer];
        world.DeliverAllBut("buffer");
        Assert.Equal("R-a a", world.Screen);
        world.DeliverAll();
        Assert.Equal("a c d", world.Screen);
    }

    [Fact]
    public void A_preparer_that_asks_for_files_and_takes_none_is_told_what_to_implement()
    {
        IContentPreparer preparer = new Stubborn();
        var exception = Assert.Throws<NotSupportedException>(() => preparer.Supply(1, []));
        Assert.Contains("implement Supply", exception.Message, StringComparison.Ordinal);
    }

    private sealed class Stubborn : IContentPreparer
    {
        public void Start(in PrepareJob job)
        {
        }

        public void Proceed(long ticket)
        {
        }

        public void Cancel(long ticket, CancelReason reason)
        {
        }
    }

    [Fact]
    public void The_files_of_a_content_that_changed_are_fetched_past_caches_like_itself()
    {
        var world = new HandDrivenWorld("R(a b)", HandDrivenWorld.Plain);
        world.FilesOf["a"] = [Buffer];
        world.DeliverAll();
        world.Change("a");
        world.Deliver("a");
        Assert.True(world.Request("buffer").BypassesCaches);
        world.Deliver("buffer");
        world.LoseContext();
        world.Settle();
        world.Deliver("a");
        Assert.False(world.Request("buffer").BypassesCaches);
    }

    [Fact]
    public void A_file_whose_connection_never_stands_fails_by_that_time_limit()
    {
        var world = new HandDrivenWorld("R(a b)", HandDrivenWorld.Plain);
        world.FilesOf["a"] = [Buffer];
        world.DeliverAllBut("buffer");
        world.Connecting("buffer");
        world.Settle();
        world.Wait(new HostHealthOptions().ConnectTimeout + 0.01);
        Assert.Contains("no connection within", world.Why("a").Detail, StringComparison.Ordinal);
        Assert.Equal(StateReason.ConnectTimedOut, world.Why("a").StateReason);
    }

    [Fact]
    public void Files_asked_for_again_take_their_host_s_retries()
    {
        var options = HandDrivenWorld.Plain with { Hosts = new() { RetryBudget = 2, RetriesPerSuccess = 0, RetriesPerSecond = 1e-4, BreakerThreshold = 100 } };
        var world = new HandDrivenWorld("A", options);
        string[] files = ["f1", "f2", "f3", "f4", "f5", "f6"];
        world.FilesOf["A"] = [.. files.Select(name => new ContentDependency($"http://files.test/{name}.bin"))];
        world.DeliverAllBut(files);
        Assert.Equal(files, world.InFlight.Order(StringComparer.Ordinal));
        world.Fail503("f1");
        world.Wait(5);
        world.Deliver("A");

        // Six are wanted again; their host has earned two retries, and the content's own host pays for the content alone.
        Assert.Equal(2, world.InFlight.Length);
    }
}
