using Lodestream.Streaming;
using Lodestream.Tests.Harness;

namespace Lodestream.Tests;

/// <summary>When the host is asked to tick again: a parked loop must miss no deadline and must not spin.</summary>
public class FrameGovernorTests
{
    private static readonly StreamerOptions Plain = HandDrivenWorld.Plain;

    [Fact]
    public void With_everything_there_only_an_event_wakes()
    {
        var world = new HandDrivenWorld("R(a b)");
        world.DeliverAll();
        Assert.Equal(new(WakeKind.OnEvent, TimeSpan.MaxValue), world.Tick());
    }

    [Fact]
    public void A_request_under_way_wakes_at_its_time_limit()
    {
        var world = new HandDrivenWorld("a");
        Assert.Equal(At(world, 20), world.Tick());
        world.Now += TimeSpan.FromSeconds(12);
        Assert.Equal(At(world, 8), world.Tick());
        world.Headers("a");
        Assert.Equal(At(world, 10), world.Tick());
    }

    [Fact]
    public void An_answer_during_the_tick_wakes_at_once()
    {
        var world = new HandDrivenWorld("a");
        world.Tick();
        world.Answer("a");
        Assert.Equal(WakeKind.Now, world.Tick().Kind);
    }

    [Fact]
    public void A_connection_being_made_wakes_at_its_own_time_limit()
    {
        var world = new HandDrivenWorld("a", Plain with { Hosts = new() { ConnectTimeout = 7 } });
        world.Tick();
        world.Connecting("a");
        Assert.Equal(At(world, 7), world.Tick());
    }

    [Fact]
    public void A_content_that_could_not_be_decoded_wakes_when_it_is_tried_again()
    {
        var world = new HandDrivenWorld("a") { PreparesAtOnce = false }.Settled();
        world.Answer("a");
        world.Settle();
        world.FailToPrepare("a");
        Assert.Equal(At(world, 5), world.Settle());
        world.Now += TimeSpan.FromSeconds(5);
        world.Settle();
        Assert.Equal(["a"], world.InFlight);
        world.Answer("a");
        world.Settle();
        world.FailToPrepare("a");
        Assert.Equal(At(world, 10), world.Settle());
    }

    [Theory]
    [InlineData(FetchStatus.NetworkError, 0)]
    [InlineData(FetchStatus.HttpError, 503)]
    public void A_failed_request_wakes_when_its_backoff_is_over_and_is_made_again(FetchStatus status, int httpStatus)
    {
        var world = new HandDrivenWorld("a").Settled();
        world.Fail("a", status, httpStatus);
        var decision = world.Settle();
        Assert.Equal(WakeKind.AtTime, decision.Kind);
        Assert.InRange(decision.At - world.Now, TimeSpan.FromMilliseconds(10), TimeSpan.FromSeconds(1));
        world.Now = decision.At;
        world.Settle();
        Assert.Equal(["a"], world.InFlight);
    }

    [Fact]
    public void Uploads_beyond_a_tick_s_budget_wake_at_once_until_the_last_is_done()
    {
        var world = new HandDrivenWorld(".R(a b c d)", Plain with { UploadBudgetMs = 1e-9 }) { UploadsAtOnce = false }.Settled();
        foreach (var name in (string[])["a", "b", "c"])
            world.Answer(name);
        var kinds = new List<WakeKind>();
        for (var i = 0; i < 20 && world.Uploads.Length < 3; i++)
            kinds.Add(world.Tick().Kind);
        Assert.Equal(3, world.Uploads.Length);
        Assert.All(kinds.SkipLast(1), kind => Assert.Equal(WakeKind.Now, kind));
    }

    [Fact]
    public void Detail_that_changed_wakes_at_once_for_the_selection_it_is_for()
    {
        var world = new HandDrivenWorld("R(a(c d) b(e f))", Plain with { MemoryBudgetBytes = 1 << 20 });
        world.DeliverAll();
        world.Streamer.MemoryBudgetBytes = 18_000;
        Assert.Equal(WakeKind.Now, world.Tick().Kind);
        Assert.True(world.Streamer.Statistics.DetailScale < 1);
    }

    [Theory]
    [InlineData(InboxKind.Changed)]
    [InlineData(InboxKind.MemoryPressure)]
    [InlineData(InboxKind.ContextLost)]
    public void What_the_source_and_the_system_say_comes_through_the_inbox_which_wakes(InboxKind kind)
    {
        var world = new HandDrivenWorld("R(a b)");
        world.DeliverAll();
        Assert.Equal(WakeKind.OnEvent, world.Tick().Kind);
        var woken = 0;
        world.Inbox.Arrived += () => woken++;
        if (kind == InboxKind.ContextLost)
            world.LoseContext();
        else
            world.Inbox.Post(new() { Kind = kind, Payload = kind == InboxKind.Changed ? world.Tree.Contents.Uri(world.Content("a")) : null });
        Assert.Equal(1, woken);
        if (kind != InboxKind.MemoryPressure)
            Assert.NotEqual(WakeKind.OnEvent, world.Tick().Kind);
    }

    [Fact]
    public void A_layer_that_is_switched_on_and_a_camera_that_moved_are_acted_on_by_the_next_tick()
    {
        var world = new HandDrivenWorld("R*label(a*label b*label)");
        world.Streamer.EnabledFamilies = Lodestream.Scene.FamilySet.All.Without(Lodestream.Scene.ContentFamily.Label);
        world.DeliverAll();
        Assert.Equal(WakeKind.OnEvent, world.Tick().Kind);
        world.Streamer.EnabledFamilies = Lodestream.Scene.FamilySet.All;
        Assert.Equal(WakeKind.AtTime, world.Tick().Kind);
        Assert.Contains("a.label", world.InFlight);
        world.DeliverAll();
        world.Views = [Cameras.Away()];
        var before = world.Streamer.Selection.Signature;
        world.Tick();
        Assert.NotEqual(before, world.Streamer.Selection.Signature);
    }

    [Fact]
    public void A_preparation_wakes_at_the_watchdog_s_time()
    {
        var world = new HandDrivenWorld("a") { PreparesAtOnce = false }.Settled();
        world.Answer("a");
        Assert.Equal(At(world, 60), world.Settle());
    }

    [Fact]
    public void A_quiet_host_wakes_when_its_time_is_over()
    {
        var world = new HandDrivenWorld("a").Settled();
        world.Fail("a", FetchStatus.HttpError, 503, retryAfter: 44);
        Assert.Equal(At(world, 44), world.Settle());
    }

    [Fact]
    public void A_host_out_of_retries_wakes_when_time_has_earned_it_one()
    {
        var world = new HandDrivenWorld("a", Plain with { Hosts = new() { RetryBudget = 0, RetriesPerSecond = 0.1, BreakerThreshold = 100 } }).Settled();
        world.Fail("a", FetchStatus.NetworkError);
        for (world.Settle(); world.InFlight.Length == 0; world.Now = world.Settle().At)
            Assert.Equal(WakeKind.AtTime, world.Decision.Kind);
        Assert.InRange((world.Now - TimeSpan.FromSeconds(100)).TotalSeconds, 9, 31);
    }

    [Fact]
    public void An_open_breaker_wakes_for_its_probe()
    {
        var world = new HandDrivenWorld(".R(a b)", Plain with { MaximumRequests = 1, Hosts = new() { BreakerThreshold = 1, BreakerPause = 3 } }).Settled();
        world.Fail(world.InFlight[0], FetchStatus.NetworkError);
        var decision = world.Settle();
        Assert.Equal(WakeKind.AtTime, decision.Kind);
        Assert.True(decision.At <= world.Now + TimeSpan.FromSeconds(3));

        // Woken for the first one's retry it finds the breaker open still, and waits for the probe.
        for (; world.InFlight.Length == 0; world.Now = world.Settle().At)
            Assert.Equal(WakeKind.AtTime, world.Decision.Kind);
        Assert.Single(world.InFlight);
    }

    [Fact]
    public void A_loop_that_sleeps_until_the_named_times_does_what_one_that_never_sleeps_does()
    {
        for (var seed = 0; seed < 40; seed++)
        {
            var (eager, lazy) = (new Loop(seed, sleeps: false), new Loop(seed, sleeps: true));
            eager.Run(TimeSpan.FromMinutes(15));
            lazy.Run(TimeSpan.FromMinutes(15));
            Assert.Equal(eager.Log, lazy.Log);
            Assert.True(eager.Log.Count >= 7, $"seed {seed}");
            Assert.True(lazy.Ticks < eager.Ticks / 20, $"seed {seed}: {lazy.Ticks} ticks against {eager.Ticks}");
        }
    }

    [Fact]
    public void The_inbox_tells_when_its_first_message_comes()
    {
        var inbox = new Inbox();
        var arrivals = 0;
        inbox.Arrived += () => arrivals++;
        inbox.Post(new());
        inbox.Post(new());
        Assert.Equal(1, arrivals);
        Assert.Equal(2, inbox.Drain().Count);
        inbox.Post(new());
        Assert.Equal(2, arrivals);
        Assert.False(inbox.IsEmpty);
    }

    [Fact]
    public void Messages_come_out_of_the_inbox_in_order_and_none_is_lost_between_threads()
    {
        var inbox = new Inbox();
        var threads = Enumerable.Range(0, 4).Select(t => new Thread(() =>
        {
            for (var i = 0; i < 5000; i++)
                inbox.Post(new() { Id = t, Bytes = i });
        })).ToArray();
        foreach (var thread in threads)
            thread.Start();
        var next = new long[4];
        for (long drained = 0; drained < 20_000;)
        {
            foreach (var message in inbox.Drain())
            {
                Assert.Equal(next[message.Id]++, message.Bytes);
                drained++;
            }
        }
        foreach (var thread in threads)
            thread.Join();
        Assert.True(inbox.IsEmpty);
    }

    private static FrameDecision At(HandDrivenWorld world, double seconds) => new(WakeKind.AtTime, world.Now + TimeSpan.FromSeconds(seconds));

    // A world in which everything that can go wrong does, at the same moments for the same seed: refusals, silence, stalls, contents
    // that cannot be decoded, decoders that hang.
    private sealed class Loop(int seed, bool sleeps)
    {
        private readonly HandDrivenWorld _world = new("R(a(c d) b(e f))", Plain with { Hosts = new() { BreakerThreshold = 3 } }) { PreparesAtOnce = false };
        private readonly HashSet<long> _left = [];
        private readonly HashSet<long> _measured = [];
        private int _events;

        public List<string> Log { get; } = [];

        public int Ticks { get; private set; }

        public void Run(TimeSpan duration)
        {
            var end = _world.Now + duration;
            while (_world.Now < end)
            {
                _world.Tick();
                Ticks++;
                Log.AddRange(_world.TakeLog().Select(line => $"{(end - _world.Now).TotalSeconds:0.000} {line}"));
                var acted = AnswerRequests() | AnswerJobs();
                if (acted || _world.Decision.Kind == WakeKind.Now)
                    continue;
                if (sleeps)
                    _world.Now = _world.Decision.Kind == WakeKind.AtTime ? _world.Decision.At : end;
                else
                    _world.Now = Earlier(_world.Decision.At, _world.Now + TimeSpan.FromMilliseconds(100));
            }
        }

        private bool AnswerRequests()
        {
            var acted = false;
            foreach (var name in _world.InFlight)
            {
                if (!_left.Add(_world.Request(name).Id))
                    continue;
                acted = true;
                switch (Next() % 9)
                {
                    case 0:
                        _world.Fail(name, FetchStatus.HttpError, 503);
                        break;
                    case 1:
                        _world.Fail(name, FetchStatus.HttpError, 503, retryAfter: 3);
                        break;
                    case 2:
                        _world.Fail(name, FetchStatus.NetworkError);
                        break;
                    case 3:
                        _world.Headers(name, 1000);
                        break;
                    case 4:
                        break;
                    default:
                        _world.Answer(name);
                        break;
                }
            }
            return acted;
        }

        private bool AnswerJobs()
        {
            var acted = false;
            foreach (var name in _world.Jobs)
            {
                var ticket = _world.Job(name).Ticket;
                if (_measured.Contains(ticket))
                {
                    _world.Prepare(name);
                    acted = true;
                }
                else if (_left.Add(-ticket))
                {
                    acted = true;
                    var fate = Next() % 5;
                    if (fate == 0)
                        _world.FailToPrepare(name);
                    else if (fate > 1 && _measured.Add(ticket))
                        _world.Measure(name);
                }
            }
            return acted;
        }

        private int Next() => new Random(seed * 10_007 + _events++).Next(1000);

        private static TimeSpan Earlier(TimeSpan a, TimeSpan b) => a < b ? a : b;
    }
}
