using Lodestream.Streaming;

namespace Lodestream.Simulation.Laws;

/// <summary>The files that contents depend on. An answer counts when the core has taken it, which is in the tick after it was posted.</summary>
internal sealed partial class ContentFacts
{
    private readonly Dictionary<long, FileFact> _files = [];
    private readonly List<InboxMessage> _fileAnswers = [];

    private sealed class FileFact(int content, ContentFact owner, string uri)
    {
        public readonly int Content = content;
        public readonly ContentFact Owner = owner;
        public readonly string Uri = uri;
        public long Reported;
    }

    private void OnFileRequest(in TileRequest request)
    {
        var fact = this[request.Content];
        while (fact.State != OutsideState.Preparing && fact.Incoming is { } incoming)
            fact = incoming;
        if (fact.State != OutsideState.Preparing)
            Faults.Add((Breach.Dishonest, request.Content, $"a file is asked for on behalf of a content that is {fact.State}"));
        foreach (var (_, other) in _files)
        {
            if (other.Owner == fact && other.Uri == request.Uri)
                Faults.Add((Breach.DuplicateRequest, request.Content, $"{request.Uri} is asked for while another request for it is in flight"));
        }
        _files[request.Id] = new(request.Content, fact, request.Uri);
        CountRequest(request.Content, fact);
    }

    private bool OnFileCancelled(long requestId, CancelReason reason)
    {
        if (!_files.TryGetValue(requestId, out var file))
            return false;

        // Everything that came was heard before.
        TakeFileAnswers(file.Owner);
        _files.Remove(requestId);
        var fact = file.Owner;
        Drop(fact, file);
        if (reason != CancelReason.TimedOut)
            Cancelled++;
        else if (!fact.OptionalFiles.Contains(file.Uri))
            CountFileFailure(fact);
        return true;
    }

    /// <summary>The core handed a preparation the files it asked for.</summary>
    public override void OnSupply(long ticket)
    {
        var fact = _byTicket[ticket].Fact;
        TakeFileAnswers(fact);
        (fact.FileBytes, fact.FileFailures, fact.NetworkFailures) = (0, 0, 0);
    }

    /// <summary>Counts the answers that the core took in this tick.</summary>
    /// <param name="owner">The content whose files they are; null for all.</param>
    public void TakeFileAnswers(ContentFact? owner = null)
    {
        for (var i = 0; i < _fileAnswers.Count; i++)
        {
            if (!_files.TryGetValue(_fileAnswers[i].Id, out var file) || (owner is not null && file.Owner != owner))
                continue;
            TakeFileAnswer(_fileAnswers[i], file);
            _fileAnswers.RemoveAt(i--);
        }
        if (owner is null)
            _fileAnswers.Clear();
    }

    private void TakeFileAnswer(in InboxMessage message, FileFact file)
    {
        if (message.Kind == InboxKind.Headers)
            return;
        var fact = file.Owner;
        var more = Math.Max(0, message.Bytes - file.Reported);
        BytesReported += more;
        file.Reported += more;
        fact.FileBytes += more;
        Hold(fact, fact.Cpu + more, fact.Geometry, fact.Texture);
        if (message.Kind == InboxKind.Progress)
            return;
        _files.Remove(message.Id);
        if (message.Status == FetchStatus.Ok)
            return;
        Drop(fact, file);
        if (fact.OptionalFiles.Contains(file.Uri))
            return;
        if (IsAnswered(message))
        {
            fact.NetworkFailures = ++fact.FileFailures;
            fact.IsGivenUp = true;
        }
        else if (message.HttpStatus == 429 || message.RetryAfterSeconds > 0)
        {
            fact.FileFailures = Math.Max(1, fact.FileFailures);
            fact.NetworkFailures = fact.FileFailures;
        }
        else
        {
            CountFileFailure(fact);
        }
    }

    private static void OnNeedsFiles(in InboxMessage message, ContentFact fact)
    {
        fact.OptionalFiles.Clear();
        foreach (var needed in (IReadOnlyList<ContentDependency>)message.Payload!)
        {
            if (needed.IsOptional)
                fact.OptionalFiles.Add(needed.Uri);
        }
    }

    private void Drop(ContentFact fact, FileFact file)
    {
        fact.FileBytes -= file.Reported;
        Hold(fact, fact.Cpu - file.Reported, fact.Geometry, fact.Texture);
    }

    // The content counts as failed once its memory is back.
    private void CountFileFailure(ContentFact fact)
    {
        fact.NetworkFailures = ++fact.FileFailures;
        fact.IsGivenUp |= fact.FileFailures >= options.Hosts.MaximumAttempts;
    }
}
