using Lodestream.Presentation;
using Lodestream.Residency;
using Lodestream.Scene;
using Lodestream.Simulation.Runs;
using Lodestream.Streaming;

namespace Lodestream.Simulation.Laws;

/// <summary>
/// Keeps the facts of every content from what passes between the core and the world. Shares no code with the core's residency,
/// scheduler or ledger; knows only the contracts of the ports and the options that say when a failure is for good.
/// </summary>
internal sealed partial class ContentFacts(TileTree tree, StreamerOptions options) : SimulationObserver
{
    private readonly List<ContentFact> _facts = [];
    private readonly Dictionary<long, (int Content, ContentFact Fact)> _byRequest = [];
    private readonly Dictionary<long, (int Content, ContentFact Fact)> _byTicket = [];
    private readonly List<string> _announced = [];
    private readonly HashSet<int> _changed = [];
    private readonly List<ContentFact> _fetched = [];
    private readonly List<ContentFact> _acknowledged = [];
    private readonly HashSet<int> _uploaded = [];

    /// <summary>Contents that appeared, went or failed for good since the last time the set was cleared.</summary>
    public HashSet<int> Changed => _changed;

    public long Requested { get; private set; }

    public long Cancelled { get; private set; }

    public long Retries { get; private set; }

    public long BytesReported { get; private set; }

    public long Freed { get; private set; }

    public long Superseded { get; private set; }

    public int InFlight => _byRequest.Count + _files.Count;

    public int PeakInFlight { get; private set; }

    public int Preparing { get; private set; }

    /// <summary>Bytes all contents together hold.</summary>
    public long Cpu { get; private set; }

    public long Geometry { get; private set; }

    public long Texture { get; private set; }

    /// <summary>Something the core did that the ports' contracts forbid: which content, what.</summary>
    public List<(Breach Breach, int Content, string Reason)> Faults { get; } = [];

    public ContentFact this[int content]
    {
        get
        {
            while (_facts.Count <= content)
                _facts.Add(new());
            var fact = _facts[content];
            var key = tree.Contents.Key(content);
            if (fact.Key != key)
                _facts[content] = fact = new() { Key = key };
            return fact;
        }
    }

    public override void OnRequest(in TileRequest request)
    {
        // Requests start when everything that came was taken.
        TakeFileAnswers();
        if (request.Format == ContentFormat.PayloadMesh)
            Faults.Add((Breach.DuplicateRequest, request.Content, "a mesh is requested whose payload is in main memory"));
        if (request.IsDependency)
        {
            OnFileRequest(request);
            return;
        }
        var fact = this[request.Content];
        if (fact.WasExpanded && (tree.Links[tree.Contents.Records[request.Content].Tile].Flags & TileFlags.Unexpanded) != 0)
            (fact.State, fact.WasExpanded) = (OutsideState.Absent, false);
        while (fact.IsStale && fact.StaysUntilReplaced)
            fact = fact.Incoming ??= new() { Key = fact.Key };

        // An answer whose preparation did not start was dropped: the core asks again within the tick when memory came back in it.
        if (fact.State == OutsideState.Fetched)
            fact.State = OutsideState.Absent;
        if (fact.State == OutsideState.InFlight)
            Faults.Add((Breach.DuplicateRequest, request.Content, "a request starts while another one for the same content is in flight"));
        else if (fact.State != OutsideState.Absent)
            Faults.Add((Breach.DuplicateRequest, request.Content, $"a request starts for a content that is {fact.State}"));
        if (fact.ForGood)
            Faults.Add((Breach.Dishonest, request.Content, "a request starts for a content that failed for good"));
        fact.State = OutsideState.InFlight;
        Hold(fact, 0, 0, 0);
        fact.RequestId = request.Id;
        fact.ReportedBytes = 0;
        fact.IsStale = false;
        _byRequest[request.Id] = (request.Content, fact);
        CountRequest(request.Content, fact);
    }

    private void CountRequest(int content, ContentFact fact)
    {
        Requested++;
        if (fact.NetworkFailures + fact.ParseFailures > 0)
            Retries++;
        PeakInFlight = Math.Max(PeakInFlight, InFlight);
        if (InFlight > options.MaximumRequests)
            Faults.Add((Breach.OverBudget, content, $"{InFlight} requests are in flight; the cap is {options.MaximumRequests}"));
    }

    public override void OnRequestCancelled(long requestId, CancelReason reason)
    {
        if (OnFileCancelled(requestId, reason))
            return;
        if (!_byRequest.Remove(requestId, out var asked))
        {
            Faults.Add((Breach.Dishonest, -1, $"request {requestId} is called off, which is not in flight"));
            return;
        }
        var (content, fact) = asked;
        fact.State = OutsideState.Absent;
        Hold(fact, 0, 0, 0);
        if (reason == CancelReason.TimedOut)
            CountNetworkFailure(content, fact);
        else
            Cancelled++;
    }

    public override void OnPrepare(in PrepareJob job)
    {
        var fact = this[job.Content];
        while (fact.State != OutsideState.Fetched && fact.Incoming is { } incoming)
            fact = incoming;
        var expected = job.Mesh >= 0 ? OutsideState.Absent : OutsideState.Fetched;
        if (fact.State != expected || fact.ForGood)
            Faults.Add((Breach.Dishonest, job.Content, $"a preparation starts for a content that is {fact.State}"));
        if (job.Mesh >= 0 && (!_byTicket.TryGetValue(job.Copy, out var copy) || copy.Fact.State != OutsideState.Kept))
            Faults.Add((Breach.Dishonest, job.Content, "a mesh is to be taken from a payload that is not in main memory"));
        fact.State = OutsideState.Preparing;
        fact.Ticket = job.Ticket;
        fact.IsMeasured = false;
        _byTicket[job.Ticket] = (job.Content, fact);
        Preparing++;
    }

    public override void OnProceed(long ticket)
    {
        var (content, fact) = _byTicket[ticket];
        if (!fact.IsMeasured)
            Faults.Add((Breach.OverBudget, content, "memory is granted before the content was measured"));
        Hold(fact, fact.MeasuredCpu, fact.MeasuredGeometry, fact.MeasuredTexture);
    }

    public override void OnPrepareCancelled(long ticket, CancelReason reason)
    {
        var fact = _byTicket[ticket].Fact;
        if (fact.State == OutsideState.Kept)
        {
            (fact.State, fact.WasExpanded) = (OutsideState.Releasing, false);
            return;
        }
        TakeFileAnswers(fact);
        Preparing--;
        fact.State = OutsideState.Releasing;
        Hold(fact, fact.Cpu - fact.FileBytes, fact.Geometry, fact.Texture);
        fact.FileBytes = 0;
        if (reason == CancelReason.TimedOut)
            fact.ParseFailures++;
        fact.IsGivenUp &= reason != CancelReason.Superseded;
        fact.IsGivenUp |= reason == CancelReason.OverBudget || fact.ParseFailures >= options.MaximumParseAttempts;
    }

    public override void OnUpload(in UploadCommand command)
    {
        var fact = _byTicket[command.Ticket].Fact;
        if (fact.State != OutsideState.Prepared)
            Faults.Add((Breach.Dishonest, command.Content, $"an upload is commanded for a content that is {fact.State}"));
        fact.State = OutsideState.Uploading;
    }

    public override void OnFree(int content, long ticket)
    {
        var fact = _byTicket.TryGetValue(ticket, out var freed) ? freed.Fact : this[content];
        if (fact.State is not (OutsideState.Uploaded or OutsideState.Prepared or OutsideState.Uploading) || fact.Ticket != ticket)
            Faults.Add((Breach.Dishonest, content, $"a content is freed that is {fact.State}"));
        fact.State = OutsideState.Releasing;
        if (fact.IsReplaced)
            Superseded++;
        else
            Freed++;
        if (fact == this[content] && fact.TookPlaceOf is not null)
            _freedAtOnce.Add((_freedInTick, content, fact));
        else if (fact == this[content])
            Promote(content, fact);
        _freedInTick++;
        _changed.Add(content);
    }

    // A larger texture takes its memory from the command on, a smaller one gives it back when it is done.
    public override void OnSetTextures(in TextureCommand command)
    {
        var fact = _byTicket[command.Ticket].Fact;
        if (fact.State != OutsideState.Uploaded || fact.FullTexture == 0)
            Faults.Add((Breach.Dishonest, command.Content, $"textures are to change of a content that is {fact.State} and {(fact.FullTexture == 0 ? "has one size of them" : "has several")}"));
        if (fact.AskedTexture is not null)
            Faults.Add((Breach.Dishonest, command.Content, "textures are to change that are changing"));
        var asked = command.Tier switch { TextureTier.Full => fact.FullTexture, TextureTier.Medium => fact.MediumTexture, _ => fact.MinimumTexture };
        fact.AskedTexture = asked;
        fact.TextureBefore = fact.Texture;
        Hold(fact, fact.Cpu, fact.Geometry, Math.Max(fact.Texture, asked));
    }

    public override void OnPosted(in InboxMessage message)
    {
        if (message.Kind == InboxKind.Changed)
            _announced.Add((string)message.Payload!);
        else if (message.Kind == InboxKind.ContextLost)
            LoseContext();
        else if (message.Kind is InboxKind.Headers or InboxKind.Progress or InboxKind.Fetched)
        {
            if (_files.ContainsKey(message.Id))
                _fileAnswers.Add(message);
            else if (_byRequest.TryGetValue(message.Id, out var asked))
                OnAnswer(message, asked.Content, asked.Fact);
        }
        else if (_byTicket.TryGetValue(message.Id, out var job))
        {
            OnDevice(message, job.Content, job.Fact);
        }
    }

    /// <summary>Forgets what is known of contents that no tile names any more.</summary>
    /// <param name="named">The contents that are named.</param>
    public void KeepOnly(HashSet<int> named)
    {
        for (var content = 0; content < _facts.Count; content++)
        {
            if (_facts[content].Key != 0 && _facts[content].State == OutsideState.Absent && !named.Contains(content))
                _facts[content] = new();
        }
    }

    /// <summary>The tick is over: an answer that nobody took was dropped.</summary>
    public void DropUntaken()
    {
        foreach (var fact in _fetched)
        {
            if (fact.State == OutsideState.Fetched)
            {
                fact.State = OutsideState.Absent;
                Hold(fact, 0, 0, 0);
                if (fact.IsForgiven)
                    (fact.ForGood, fact.NetworkFailures, fact.FileFailures, fact.ParseFailures) = (false, 0, 0, 0);
            }
            fact.IsForgiven = false;
        }
        _fetched.Clear();
    }

    /// <summary>The frame was judged.</summary>
    public void EndFrame()
    {
        foreach (var fact in _acknowledged)
            fact.TookPlaceOf = null;
        _acknowledged.Clear();
        _uploaded.Clear();
        Faults.Clear();
    }

    private void LoseContext()
    {
        for (var content = 0; content < _facts.Count; content++)
        {
            if (_facts[content].Incoming is { } incoming)
                Lose(content, incoming);
            var fact = _facts[content];
            if (Lose(content, fact))
                Promote(content, fact);
        }
    }

    private bool Lose(int content, ContentFact fact)
    {
        if (fact.State is not (OutsideState.Uploaded or OutsideState.Uploading) || tree.Contents.Records[content].Format == ContentFormat.Tileset)
            return false;
        fact.State = OutsideState.Absent;
        Hold(fact, 0, 0, 0);
        _changed.Add(content);
        return true;
    }

    private void OnAnswer(in InboxMessage message, int content, ContentFact fact)
    {
        if (message.Kind == InboxKind.Headers)
            return;
        BytesReported += Math.Max(0, message.Bytes - fact.ReportedBytes);
        fact.ReportedBytes = Math.Max(fact.ReportedBytes, message.Bytes);
        Hold(fact, fact.ReportedBytes, 0, 0);
        if (message.Kind == InboxKind.Progress)
            return;
        _byRequest.Remove(message.Id);
        if (message.Status == FetchStatus.Ok)
        {
            fact.State = OutsideState.Fetched;
            fact.NetworkFailures = fact.FileFailures;
            _fetched.Add(fact);
            return;
        }
        fact.State = OutsideState.Absent;
        Hold(fact, 0, 0, 0);
        if (IsAnswered(message))
        {
            fact.NetworkFailures++;
            FailForGood(content, fact);
        }
        else if (message.HttpStatus == 429 || message.RetryAfterSeconds > 0)
        {
            // Asked to come back later: one failure, however often it is said.
            fact.NetworkFailures = Math.Max(1, fact.NetworkFailures);
        }
        else
        {
            CountNetworkFailure(content, fact);
        }
    }

    private static bool IsAnswered(in InboxMessage message) => message.Status is FetchStatus.NotFound or FetchStatus.Refused
        || (message.Status == FetchStatus.HttpError && message.HttpStatus is >= 300 and < 500 and not (408 or 425 or 429));

    private void OnDevice(in InboxMessage message, int content, ContentFact fact)
    {
        switch (message.Kind)
        {
            case InboxKind.NeedsFiles:
                OnNeedsFiles(message, fact);
                break;
            case InboxKind.Measured:
                (fact.MeasuredCpu, fact.MeasuredGeometry, fact.MeasuredTexture) = (message.CpuBytes, message.GpuGeometryBytes, message.GpuTextureBytes);
                (fact.MinimumTexture, fact.MediumTexture, fact.FullTexture, fact.AskedTexture) = (message.GpuTextureBytes, message.MediumTextureBytes, message.FullTextureBytes, null);
                fact.IsMeasured = true;
                break;
            case InboxKind.Prepared when fact.State == OutsideState.Preparing:
                fact.State = OutsideState.Prepared;
                Preparing--;
                break;
            case InboxKind.TopologyReady when fact.State == OutsideState.Preparing && tree.Contents.Records[content].Format != ContentFormat.Tileset:
                fact.State = OutsideState.Kept;
                fact.ParseFailures = 0;
                Preparing--;
                _changed.Add(content);
                break;
            case InboxKind.TopologyReady when fact.State == OutsideState.Preparing:
                fact.State = OutsideState.Uploaded;
                fact.ParseFailures = 0;
                Preparing--;
                Hold(fact, 0, 0, 0);
                _changed.Add(content);
                break;
            case InboxKind.PrepareFailed when fact.State == OutsideState.Preparing:
                Preparing--;
                CountParseFailure(content, fact, message.Permanent);
                break;
            case InboxKind.UploadFailed when fact.State == OutsideState.Uploading:
                CountParseFailure(content, fact, permanent: false);
                break;
            case InboxKind.Uploaded when fact.State == OutsideState.Uploading:
                fact.State = OutsideState.Uploaded;
                fact.ParseFailures = 0;
                Hold(fact, 0, fact.Geometry, fact.Texture);
                _changed.Add(content);
                _uploaded.Add(content);
                if (this[content] is { State: OutsideState.Absent, ForGood: true } failed && failed.Incoming == fact)
                {
                    // It comes in the place of what failed; nothing is on screen that a commit would replace.
                    (fact.TookPlaceOf, failed.Incoming, _facts[content]) = (failed, null, fact);
                    _acknowledged.Add(fact);
                }
                break;
            case InboxKind.TexturesChanged when fact.State == OutsideState.Uploaded && fact.AskedTexture is not null:
                Hold(fact, fact.Cpu, fact.Geometry, message.Error is null ? message.GpuTextureBytes : fact.TextureBefore);
                fact.AskedTexture = null;
                break;
            case InboxKind.Released:
                fact.State = OutsideState.Absent;
                Hold(fact, 0, 0, 0);
                _byTicket.Remove(message.Id);
                if (fact.IsGivenUp)
                    FailForGood(content, fact);
                fact.IsGivenUp = false;
                break;
            default:
                break;
        }
    }

    private void CountNetworkFailure(int content, ContentFact fact)
    {
        if (++fact.NetworkFailures >= options.Hosts.MaximumAttempts)
            FailForGood(content, fact);
    }

    private void CountParseFailure(int content, ContentFact fact, bool permanent)
    {
        fact.State = OutsideState.Absent;
        Hold(fact, 0, 0, 0);
        _byTicket.Remove(fact.Ticket);
        if (++fact.ParseFailures >= options.MaximumParseAttempts || permanent)
            FailForGood(content, fact);
    }

    private void FailForGood(int content, ContentFact fact)
    {
        fact.ForGood = true;
        _changed.Add(content);
    }

    private void Hold(ContentFact fact, long cpu, long geometry, long texture)
    {
        Cpu += cpu - fact.Cpu;
        Geometry += geometry - fact.Geometry;
        Texture += texture - fact.Texture;
        (fact.Cpu, fact.Geometry, fact.Texture) = (cpu, geometry, texture);
    }
}
