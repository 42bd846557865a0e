using System.Globalization;
using Lodestream.Diagnostics;
using Lodestream.Presentation;
using Lodestream.Residency;
using Lodestream.Scene;
using Lodestream.Selection;
using Lodestream.Simulation.Laws;
using Lodestream.Simulation.Scenes;
using Lodestream.Streaming;

namespace Lodestream.Simulation.Runs;

/// <summary>Something that happened to a tile.</summary>
/// <param name="Seconds">When, since the start of the run.</param>
/// <param name="What">What, for people.</param>
public readonly record struct StoryLine(double Seconds, string What);

/// <summary>Follows one tile over a run: wanted from, asked for at, waited for what, drawn from, given up why.</summary>
/// <param name="tree">The run's tree.</param>
/// <param name="key">The tile: its path key, sixteen hexadecimal digits, or the URI of a content as its document writes it.</param>
public sealed class TileStory(TileTree tree, string key) : SimulationObserver
{
    private readonly List<StoryLine> _lines = [];
    private readonly List<string> _posted = [];
    private readonly Dictionary<long, string> _requests = [], _tickets = [];
    private TimeSpan _now;
    private string? _freed;
    private int _tile = -1;
    private long _version = -1;
    private bool _wanted, _drawn;
    private (TileReason Reason, string? Detail) _waits;

    /// <summary>The tile's name; null when the run never knew such a tile.</summary>
    public string? Name { get; private set; }

    /// <summary>What happened, in the order of time.</summary>
    public IReadOnlyList<StoryLine> Lines => _lines;

    /// <inheritdoc />
    public override void OnTick(TimeSpan now)
    {
        // What was posted since the last tick is known to the core from this one on.
        _now = now;
        foreach (var what in _posted)
            Tell(what);
        _posted.Clear();
    }

    /// <inheritdoc />
    public override void OnRequest(in TileRequest request)
    {
        if (!IsMine(request.Content))
            return;
        var uri = _requests[request.Id] = SceneAddress.Short(request.Uri);
        Tell($"{uri} is asked for{(request.IsDependency ? ", which a content of the tile depends on" : "")}");
    }

    /// <inheritdoc />
    public override void OnRequestCancelled(long requestId, CancelReason reason)
    {
        if (_requests.Remove(requestId, out var uri))
            Tell($"the request for {uri} is called off: {Words(reason)}");
    }

    /// <inheritdoc />
    public override void OnPrepare(in PrepareJob job)
    {
        if (!IsMine(job.Content))
            return;
        var uri = _tickets[job.Ticket] = SceneAddress.Short(job.Uri);
        Tell($"{uri} goes to be decoded, {job.ByteLength.ToString("N0", CultureInfo.InvariantCulture)} bytes");
    }

    /// <inheritdoc />
    public override void OnPrepareCancelled(long ticket, CancelReason reason)
    {
        if (_tickets.TryGetValue(ticket, out var uri))
            Tell($"decoding {uri} is called off: {Words(reason)}");
    }

    /// <inheritdoc />
    public override void OnUpload(in UploadCommand command)
    {
        if (IsMine(command.Content))
            Tell($"{_tickets.GetValueOrDefault(command.Ticket)} goes to the GPU");
    }

    /// <inheritdoc />
    public override void OnFree(int content, long ticket)
    {
        if (_tickets.TryGetValue(ticket, out var uri))
            _freed = uri;
    }

    /// <inheritdoc />
    public override void OnPosted(in InboxMessage message)
    {
        switch (message.Kind)
        {
            case InboxKind.Fetched when _requests.Remove(message.Id, out var uri):
                _posted.Add(message.Status == FetchStatus.Ok ? $"{uri} has come" : $"{uri} has not come: {message.Error ?? Words(message.Status)}");
                break;
            case InboxKind.PrepareFailed when _tickets.TryGetValue(message.Id, out var uri):
                _posted.Add($"{uri} cannot be decoded: {message.Error}");
                break;
            case InboxKind.Uploaded when _tickets.TryGetValue(message.Id, out var uri):
                _posted.Add($"{uri} is on the GPU");
                break;
            case InboxKind.UploadFailed when _tickets.TryGetValue(message.Id, out var uri):
                _posted.Add($"{uri} cannot be uploaded: {message.Error}");
                break;
            case InboxKind.Changed when _tile >= 0 && IsMine(tree.Contents.FindByUri((string)message.Payload!)):
                _posted.Add($"a newer version of {SceneAddress.Short((string)message.Payload!)} is announced");
                break;
            default:
                break;
        }
    }

    /// <inheritdoc />
    public override void OnFrame(in SimulatedFrame frame)
    {
        _now = frame.Time;
        Find();
        if (_tile < 0)
            return;
        var (set, why) = (frame.Streamer.Selection, frame.Streamer.Why(_tile));
        TellFreed(why);
        TellWanted(set);
        TellDrawn(frame.Streamer);
        TellWaiting(why);
    }

    /// <inheritdoc />
    public override void OnEnd(in SimulatedFrame last)
    {
        _now = last.Time;
        if (_tile >= 0)
            Tell($"at the end: {Words(last.Streamer.Why(_tile).Reason)}");
    }

    private void TellFreed(in TileExplanation why)
    {
        if (_freed is { } uri)
            Tell($"{uri} is given up: {Words(why.StateReason)}");
        _freed = null;
    }

    private void TellWanted(VisibilitySet set)
    {
        var wanted = false;
        foreach (ref readonly var visit in set.Visits)
            wanted |= visit.Tile == _tile && (visit.Flags & (VisitFlags.Primary | VisitFlags.Expand)) != 0;
        if (wanted != _wanted)
            Tell(wanted ? "wanted from now on" : "no longer wanted");
        _wanted = wanted;
    }

    private void TellDrawn(TileStreamer streamer)
    {
        var drawn = false;
        foreach (ref readonly var item in streamer.Drawn)
            drawn |= item.Source == _tile;
        if (drawn != _drawn)
            Tell(drawn ? "drawn from now on" : "no longer drawn");
        _drawn = drawn;
    }

    private void TellWaiting(in TileExplanation why)
    {
        var waits = _wanted && !_drawn ? (why.Reason, why.Detail) : default;
        if (waits != _waits && waits != default)
            Tell($"not drawn: {Words(why.Reason)}{(why.Detail is { } detail ? $" ({detail})" : "")}{(why.RetryAt < TimeSpan.MaxValue ? string.Create(CultureInfo.InvariantCulture, $", tried again at {why.RetryAt.TotalSeconds:0.000} s") : "")}{(why.DrawnBy >= 0 ? $"; {TileNames.Of(tree, why.DrawnBy)} is drawn there" : "")}");
        _waits = waits;
    }

    private void Find()
    {
        if (_version == tree.Version)
            return;
        _version = tree.Version;
        var before = _tile;
        _tile = -1;
        var isKey = ulong.TryParse(key, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var path) && key.Length == 16;
        Search(TileTree.SceneRoot, isKey, path);
        if (_tile < 0 && before >= 0)
            Tell("its topology is unloaded");
        if (_tile < 0 || before >= 0)
            return;
        Name ??= TileNames.Of(tree, _tile);
        Tell("known from now on");
    }

    private void Search(int tile, bool isKey, ulong path)
    {
        if (_tile >= 0)
            return;
        var matches = isKey && tree.PathKeys[tile] == path;
        foreach (var content in tree.SlotsOf(tile))
            matches |= !isKey && (tree.Contents.RelativeUri(content) == key || tree.Contents.Uri(content) == key);
        if (matches)
            _tile = tile;
        var (first, count) = (tree.Links[tile].FirstChild, tree.Links[tile].ChildCount);
        for (var child = first; child < first + count; child++)
            Search(child, isKey, path);
    }

    private bool IsMine(int content)
    {
        Find();
        return _tile >= 0 && content >= 0 && tree.SlotsOf(_tile).Contains(content);
    }

    private void Tell(string what) => _lines.Add(new(_now.TotalSeconds, what));

    // NoLongerWanted as "no longer wanted".
    private static string Words<T>(T value)
        where T : struct, Enum =>
        string.Concat(value.ToString().Select((c, i) => char.IsUpper(c) ? (i > 0 ? " " : "") + char.ToLowerInvariant(c) : c.ToString()));
}
