using Lodestream.Presentation;
using Lodestream.Scene;
using Lodestream.Streaming;

namespace Lodestream.Simulation.Laws;

/// <summary>Contents that change at their source, and the versions that come in the place of others.</summary>
internal sealed partial class ContentFacts
{
    public override void OnTick(TimeSpan now)
    {
        foreach (var uri in _announced)
        {
            var content = tree.Contents.FindByUri(uri);
            if (content < 0 || tree.Contents.Records[content].Format == ContentFormat.PayloadMesh)
                continue;
            Outdate(this[content], isIncoming: false);
            for (var fact = this[content].Incoming; fact is not null; fact = fact.Incoming)
                Outdate(fact, isIncoming: true);
        }
        _announced.Clear();
    }

    public override void OnCommit(RenderCommit commit)
    {
        foreach (var content in commit.Replaced)
        {
            var old = this[content];
            if (old.Incoming is not { State: OutsideState.Uploaded } incoming)
            {
                Faults.Add((Breach.Dishonest, content, "a commit replaces a content whose newer version is not here"));
                continue;
            }
            old.IsReplaced = true;
            old.Incoming = null;
            _facts[content] = incoming;
            _changed.Add(content);
        }
    }

    private static void Outdate(ContentFact fact, bool isIncoming)
    {
        switch (fact.State)
        {
            case OutsideState.Prepared or OutsideState.Uploading or OutsideState.Uploaded:
                fact.IsStale = true;
                break;
            case OutsideState.Absent when fact.ForGood && !isIncoming:
                fact.IsStale = true;
                break;
            case OutsideState.Absent or OutsideState.Releasing:
                (fact.ForGood, fact.IsGivenUp, fact.NetworkFailures, fact.FileFailures, fact.ParseFailures) = (false, false, 0, 0, 0);
                break;
            case OutsideState.Fetched:
                fact.IsForgiven = true;
                break;
            default:
                break;
        }
    }

    // The current version goes: the newer one, if it is on its way, is the content's own from now on.
    private void Promote(int content, ContentFact fact)
    {
        if (fact.Incoming is not { } incoming)
            return;
        fact.Incoming = null;
        _facts[content] = incoming;
    }
}
