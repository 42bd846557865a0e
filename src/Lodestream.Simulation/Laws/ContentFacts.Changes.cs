using Lodestream.Presentation;
using Lodestream.Scene;
using Lodestream.Streaming;

namespace Lodestream.Simulation.Laws;

/// <summary>Contents that change at their source, and the versions that come in the place of others.</summary>
internal sealed partial class ContentFacts
{
    // What was freed in the tick in which it took a failed content's place, with how much was freed before it.
    private readonly List<(int Place, int Content, ContentFact Fact)> _freedAtOnce = [];
    private int _freedInTick;
    private long _givenBack;

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

    /// <summary>
    /// The tick is over, and how much was given back in it is known: that goes before anything else that is freed. What came in the place of a failed content
    /// and was given back never took it; what was here and went again at once did.
    /// </summary>
    /// <param name="givenBack">How often something was given back since the start.</param>
    public void SettleFrees(long givenBack)
    {
        foreach (var (place, content, fact) in _freedAtOnce)
        {
            if (place < givenBack - _givenBack)
                (fact.TookPlaceOf!.Incoming, _facts[content], fact.Incoming) = (fact.Incoming, fact.TookPlaceOf, null);
            else
                Promote(content, fact);
            _changed.Add(content);
        }
        _freedAtOnce.Clear();
        (_freedInTick, _givenBack) = (0, givenBack);
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
