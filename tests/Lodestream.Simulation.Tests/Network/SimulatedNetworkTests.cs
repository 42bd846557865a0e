using Lodestream.Scene;
using Lodestream.Simulation.Network;
using Lodestream.Simulation.Runs;
using Lodestream.Simulation.Scenes;
using Lodestream.Simulation.Time;
using Lodestream.Streaming;

namespace Lodestream.Simulation.Tests.Network;

public sealed class SimulatedNetworkTests
{
    private const int Length = 100_000;

    private readonly VirtualTime _time = new();
    private readonly Answers _answers;
    private long _id;

    public SimulatedNetworkTests() => _answers = new(_time);

    [Fact]
    public void A_request_pays_the_latency_once_and_then_the_link()
    {
        var network = Network(new() { LatencyMs = 40, BandwidthMbit = 8 });
        Ask(network, "a");
        _time.AdvanceTo(TimeSpan.FromSeconds(1));
        Assert.Equal([(InboxKind.Headers, 0.04)], _answers.Kinds(InboxKind.Headers));
        Assert.Equal([(InboxKind.Fetched, 0.14)], _answers.Kinds(InboxKind.Fetched));
    }

    [Fact]
    public void Requests_in_flight_share_the_link_fairly()
    {
        var network = Network(new() { BandwidthMbit = 8 });
        Ask(network, "a");
        Ask(network, "b");
        _time.AdvanceTo(TimeSpan.FromSeconds(0.1));
        Ask(network, "c");
        _time.AdvanceTo(TimeSpan.FromSeconds(1));

        // a and b have half of theirs when c comes; all three share until a and b end at 0.25 s; c has half then, and the link alone.
        Assert.Equal([(InboxKind.Fetched, 0.25), (InboxKind.Fetched, 0.25), (InboxKind.Fetched, 0.3)], _answers.Kinds(InboxKind.Fetched));
    }

    [Fact]
    public void A_cancelled_request_leaves_the_link_to_the_others_and_its_bytes_count()
    {
        var network = Network(new() { BandwidthMbit = 8 });
        var a = Ask(network, "a");
        Ask(network, "b");
        _time.AdvanceTo(TimeSpan.FromSeconds(0.1));
        network.Cancel(a, CancelReason.NoLongerWanted);
        _time.AdvanceTo(TimeSpan.FromSeconds(1));
        Assert.Equal([(InboxKind.Fetched, 0.15)], _answers.Kinds(InboxKind.Fetched));
        Assert.Equal(Length + Length / 2, network.BytesDelivered);
        Assert.Equal(Length / 2, network.BytesByUri.Single(pair => pair.Uri == "a").Bytes);
        Assert.Equal(0, network.InFlight);
    }

    [Fact]
    public void An_answer_under_way_reports_its_bytes()
    {
        var network = Network(new() { BandwidthMbit = 0.8 });
        Ask(network, "a");
        _time.AdvanceTo(TimeSpan.FromSeconds(0.6));
        Assert.Equal([25_000, 50_000], _answers.Messages.Where(m => m.Kind == InboxKind.Progress).Select(m => m.Bytes));
    }

    [Fact]
    public void Requests_above_the_rate_are_answered_429_with_retry_after()
    {
        var network = Network(new() { RequestsPerSecond = 2 });
        for (var i = 0; i < 5; i++)
            Ask(network, $"{i}");
        _time.AdvanceTo(TimeSpan.FromSeconds(0.9));
        var refused = _answers.Messages.Where(m => m.HttpStatus == 429).ToList();
        Assert.Equal(3, refused.Count);
        Assert.All(refused, m => Assert.Equal((FetchStatus.HttpError, 1.0), (m.Status, m.RetryAfterSeconds)));
        Ask(network, "later");
        _time.AdvanceTo(TimeSpan.FromSeconds(2));
        Assert.Equal(FetchStatus.Ok, _answers.Messages[^1].Status);
    }

    [Fact]
    public void During_an_outage_answers_stand_still_and_new_requests_fail()
    {
        var network = Network(new() { BandwidthMbit = 8, Outages = [new(0.05, 2)] });
        Ask(network, "a");
        _time.AdvanceTo(TimeSpan.FromSeconds(0.1));
        Ask(network, "b");
        _time.AdvanceTo(TimeSpan.FromSeconds(3));
        Assert.Equal([(InboxKind.Fetched, 0.1), (InboxKind.Fetched, 2.1)], _answers.Kinds(InboxKind.Fetched));
        Assert.Equal([FetchStatus.NetworkError, FetchStatus.Ok], _answers.Messages.Where(m => m.Kind == InboxKind.Fetched).Select(m => m.Status));
    }

    [Fact]
    public void Failures_come_in_their_measure_and_whatever_the_order_of_asking()
    {
        var profile = new NetworkProfile { Fail = 0.2, Truncate = 0.1, Corrupt = 0.1, Stall = 0.1 };
        var forward = Outcomes(profile, Enumerable.Range(0, 1000));
        var backward = Outcomes(profile, Enumerable.Range(0, 1000).Reverse());
        Assert.Equal(forward.OrderBy(pair => pair.Key), backward.OrderBy(pair => pair.Key));
        Assert.InRange(forward.Values.Count(outcome => outcome == "HttpError"), 150, 250);
        Assert.InRange(forward.Values.Count(outcome => outcome == "Truncated"), 40, 120);
        Assert.InRange(forward.Values.Count(outcome => outcome == "damaged"), 40, 120);
        Assert.InRange(forward.Values.Count(outcome => outcome == "silence"), 40, 140);
    }

    [Fact]
    public void What_the_server_does_not_have_is_404()
    {
        var network = Network(new());
        Ask(network, "none");
        _time.AdvanceTo(TimeSpan.FromSeconds(1));
        Assert.Equal((FetchStatus.NotFound, 404), (_answers.Messages[0].Status, _answers.Messages[0].HttpStatus));
    }

    private static Dictionary<string, string> Outcomes(NetworkProfile profile, IEnumerable<int> order)
    {
        var test = new SimulatedNetworkTests();
        var network = test.Network(profile);
        var uris = new Dictionary<long, string>();
        foreach (var i in order)
            uris[test.Ask(network, $"{i}")] = $"{i}";
        test._time.AdvanceTo(TimeSpan.FromSeconds(100));
        var outcomes = uris.Values.ToDictionary(uri => uri, _ => "silence");
        foreach (var message in test._answers.Messages.Where(m => m.Kind == InboxKind.Fetched))
            outcomes[uris[message.Id]] = message.Payload is SimulatedPayload { Damaged: true } ? "damaged" : message.Status.ToString();
        return outcomes;
    }

    private SimulatedNetwork Network(NetworkProfile profile) => new(_time, profile, new Origin(), new(new Inbox(), [_answers]), seed: 7);

    private long Ask(SimulatedNetwork network, string uri)
    {
        network.Start(new(++_id, 0, uri, ContentFamily.Mesh, ContentFormat.Glb));
        return _id;
    }

    private sealed class Origin : IContentOrigin
    {
        public OriginContent? Find(in TileRequest request) => request.Uri == "none" ? null : new(Length);
    }

    private sealed class Answers(VirtualTime time) : SimulationObserver
    {
        public List<InboxMessage> Messages { get; } = [];

        private readonly List<double> _times = [];

        public override void OnPosted(in InboxMessage message)
        {
            Messages.Add(message);
            _times.Add(Math.Round(time.Now.TotalSeconds, 4));
        }

        public List<(InboxKind, double)> Kinds(InboxKind kind) => [.. Messages.Zip(_times).Where(pair => pair.First.Kind == kind).Select(pair => (kind, pair.Second))];
    }
}
