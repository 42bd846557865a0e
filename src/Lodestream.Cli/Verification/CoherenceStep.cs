using System.Globalization;

namespace Lodestream.Cli.Verification;

/// <summary>One camera of the probe: its figures, and what is wrong with them.</summary>
/// <param name="Name">The camera.</param>
/// <param name="FramesToFirstSelection">Animation frames from the move to the first selection; 1 is right.</param>
/// <param name="SignatureAtFrame1">Hash of what was wanted after the first frame.</param>
/// <param name="SignatureAtFrame3">The same after the third.</param>
/// <param name="PrimaryZ">Deepest wanted level.</param>
/// <param name="RequestsDispatched">Attempts started within three frames.</param>
/// <param name="NotYetResident">Wanted tiles that lacked something after the first frame.</param>
/// <param name="PrimaryGeometricSsePx">Greatest geometric error of what is drawn for itself, in the end, pixels; null without bound.</param>
/// <param name="PrimaryRasterSsePx">The same for raster error.</param>
/// <param name="UnderlayGeometricSsePx">Greatest geometric error of what fills in for others.</param>
/// <param name="UnderlayRasterSsePx">The same for raster error.</param>
/// <param name="Findings">What the probe finds wrong, each a sentence; none when it passed.</param>
internal sealed record CoherenceStep(
    string Name, int FramesToFirstSelection, string SignatureAtFrame1, string SignatureAtFrame3, int PrimaryZ, long RequestsDispatched, int NotYetResident,
    double? PrimaryGeometricSsePx, double? PrimaryRasterSsePx, double? UnderlayGeometricSsePx, double? UnderlayRasterSsePx, IReadOnlyList<string> Findings)
{
    /// <summary>Whether the probe found nothing wrong.</summary>
    public bool Passed => Findings.Count == 0;

    /// <summary>Judges what a camera led to.</summary>
    public static CoherenceStep Judge(StepFacts facts)
    {
        var (cold, warm) = (facts.Cold, facts.Warm);
        var findings = new List<string>();
        JudgeTime(cold, findings);
        JudgeSignatures(warm, findings);
        JudgeRequests(cold, findings);
        JudgeLevel(warm, findings);
        if (!warm.Settled)
            findings.Add("the view never settled");
        var errors = warm.Errors;
        return new(
            facts.Name, cold.Frames, warm.First.Signature, warm.Third.Signature, warm.Last.PrimaryZ, cold.Third.Requested - cold.Before.Requested, cold.First.NotYetResident,
            errors[0], errors[1], errors[2], errors[3], findings);
    }

    private static void JudgeTime(MoveFacts facts, List<string> findings)
    {
        if (facts.First.FrameId == facts.Before.FrameId)
            findings.Add(Invariant($"no selection ran within {facts.Frames} frames of the move"));
        else if (facts.Frames != 1)
            findings.Add(Invariant($"selection ran {facts.Frames} frames after the move instead of in the first"));
    }

    // What is wanted is a function of camera, tree and detail: while those stand still, so does its signature.
    private static void JudgeSignatures(MoveFacts facts, List<string> findings)
    {
        if (!IsSameInput(facts.First, facts.Third))
            findings.Add("topology or detail changed within three frames, however often it was tried");
        else if (facts.First.Signature != facts.Third.Signature)
            findings.Add($"the signature changed from {facts.First.Signature} to {facts.Third.Signature} although nothing moved");
        if (IsSameInput(facts.First, facts.Last) && facts.First.Signature != facts.Last.Signature)
            findings.Add($"the first frame wanted {facts.First.Signature}, and in the end {facts.Last.Signature} was wanted from the same place");
    }

    private static bool IsSameInput(FrameFacts a, FrameFacts b) => a.TreeVersion == b.TreeVersion && a.DetailScale == b.DetailScale;

    // Four accounts must agree: the core's counter, its demand, what the transport was told, and what the page fetched.
    private static void JudgeRequests(MoveFacts facts, List<string> findings)
    {
        var rise = facts.First.Requested - facts.Before.Requested;
        var files = facts.AttemptedFiles.Length - facts.Attempted.Length;
        if (rise != facts.Admitted.Length + files)
            findings.Add(Invariant($"requested rose by {rise}; {facts.Admitted.Length} contents were newly wanted, not here and admitted, and {files} files that others depend on"));
        foreach (var content in facts.Attempted.Except(facts.Admitted))
            findings.Add($"{content} was asked for and is not among what was newly wanted and admitted");
        foreach (var content in facts.Admitted.Except(facts.Attempted))
            findings.Add($"{content} was admitted and not asked for");
        foreach (var twice in facts.AttemptedFiles.CountBy(uri => uri).Where(count => count.Value > 1))
            findings.Add(Invariant($"{twice.Key} was asked for {twice.Value} times"));
        foreach (var uri in facts.AttemptedFiles.Except(facts.Fetched))
            findings.Add($"{uri} counts as asked for, and the page did not fetch it");
        if (facts.Demanded.Length == 0)
            return;
        if (facts.First.InFlight == 0)
            findings.Add(Invariant($"{facts.Demanded.Length} contents are wanted and not here, and nothing is in flight after the first frame"));
        if (facts.Third.PeakInFlight == 0)
            findings.Add("peakInFlight is 0 although something was missing");
    }

    private static void JudgeLevel(MoveFacts facts, List<string> findings)
    {
        if (facts.Policy.Name == "pyramid")
            JudgePyramidLevel(facts, findings);
        else if (facts.First.PrimaryZ != facts.DeepestPrimary)
            findings.Add(Invariant($"primaryZ is {facts.First.PrimaryZ}; the deepest tile among primaryKeys is of level {facts.DeepestPrimary}"));
    }

    // The deepest level whose tiles are wide enough at the focal distance; a coarser one where the pyramid ends before, and the root at any width.
    // Levels are known as far as topology is, so it is judged when all is there; that the first frame wanted the same follows from its signature.
    private static void JudgePyramidLevel(MoveFacts facts, List<string> findings)
    {
        var (policy, last) = (facts.Policy, facts.Last);
        var metresPerPixel = policy.FocalDistance * 2 * Math.Tan(policy.FovY / 2) / policy.ViewportHeight;
        var least = policy.TargetTileWidthPx / last.DetailScale * metresPerPixel;
        if (!(least > 0 && policy.RootTileWidth > 0))
        {
            findings.Add("the page does not tell what the pyramid's level follows from");
            return;
        }
        var level = 0;
        for (var width = policy.RootTileWidth / 2; width >= least; width /= 2)
            level++;
        if (last.PrimaryZ > level || (last.PrimaryZ < level && !facts.EndsInView))
            findings.Add(Invariant($"primaryZ is {last.PrimaryZ}; level {level} is the deepest whose tiles are {policy.TargetTileWidthPx / last.DetailScale:0.#} pixels wide {policy.FocalDistance:0.#} m away"));
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
