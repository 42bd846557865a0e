using Lodestream.Presentation;
using Lodestream.Residency;
using Lodestream.Scene;
using Lodestream.Selection;

namespace Lodestream.Streaming;

/// <summary>
/// Lets the textures of what is resident follow its distance: native near, limited farther away, with a band around each radius in which
/// nothing changes. Looks a few times a second, and only when something can have changed; has a few changed at once, what is seen first.
/// What becomes larger is charged before it is commanded, what became smaller once the host has said so.
/// </summary>
internal sealed class TextureStage(TileTree tree, TileResidency residency, MemoryLedger ledger, ContentPipeline pipeline, IRenderHost host, ViewPoints points, TextureTierOptions options, StreamerOptions streamer)
{
    private readonly List<Candidate> _candidates = [];
    private readonly List<int> _changeable = [];
    private TimeSpan _nextLook, _heldUntil = TimeSpan.MaxValue;
    private Surroundings _seen;
    private long _answers;
    private bool _anyMeasured;

    // What a look depends on, besides time: while it is the same there is nothing to look at.
    private readonly record struct Surroundings(long Views, long Facts, long Answers, MemoryCharge Used, long Budget, MemoryRoom Room, bool MayRaise);

    private readonly record struct Candidate(bool IsSeen, double Distance, ulong Key, int Index, TextureTier Tier) : IComparable<Candidate>
    {
        public int CompareTo(Candidate other)
        {
            if (IsSeen != other.IsSeen)
                return IsSeen ? -1 : 1;
            return Distance != other.Distance ? Distance.CompareTo(other.Distance) : Key.CompareTo(other.Key);
        }
    }

    /// <summary>When to look again; <see cref="TimeSpan.MaxValue"/> when nothing will change by itself.</summary>
    public TimeSpan NextDeadline { get; private set; } = TimeSpan.MaxValue;

    /// <summary>Contents at each <see cref="TextureTier"/>, of those whose textures can change.</summary>
    public int[] Count { get; } = new int[3];

    /// <summary>Changes to larger and to smaller textures that the host made, since the start.</summary>
    public long Raised { get; private set; }

    /// <inheritdoc cref="Raised"/>
    public long Lowered { get; private set; }

    /// <summary>Whether the host was asked for changes that it has not made yet.</summary>
    public bool IsAnyChanging
    {
        get
        {
            Find();
            return Changing() > 0;
        }
    }

    /// <summary>A preparation knows what its textures take at every size.</summary>
    public void OnMeasured(in InboxMessage message)
    {
        if (!pipeline.TryFind(message.Id, ContentState.Preparing, out var index))
            return;
        var (minimum, medium, full) = (message.GpuTextureBytes, message.MediumTextureBytes, message.FullTextureBytes);
        residency.Entry(index).Textures = full > minimum
            ? new() { Full = full, Medium = Math.Clamp(medium, minimum, full), Minimum = minimum, Tier = TextureTier.Minimum, Asked = TextureTier.Minimum }
            : default;
        _anyMeasured |= full > minimum;
    }

    /// <summary>The host answered.</summary>
    public void OnChanged(in InboxMessage message, TimeSpan now)
    {
        if (!pipeline.TryFind(message.Id, ContentState.Resident, out var index) || !residency.Entry(index).Textures.IsChanging)
            return;
        _answers++;
        ref var entry = ref residency.Entry(index);
        ref var textures = ref entry.Textures;
        if (message.Error is { } error)
        {
            entry.Error = error;
            Hold(ref textures, now);
        }
        else
        {
            Raised += textures.Asked < textures.Tier ? 1 : 0;
            Lowered += textures.Asked > textures.Tier ? 1 : 0;
            (textures.Tier, textures.Failures) = (textures.Asked, 0);
        }
        textures.Asked = textures.Tier;
        ledger.Replace(ref entry.Charge, entry.Charge with { Texture = message.Error is null ? message.GpuTextureBytes : textures.At(textures.Tier) });
    }

    /// <summary>Looks at what should change, when it is time.</summary>
    /// <param name="frame">This frame.</param>
    /// <param name="now">Time of the tick.</param>
    /// <param name="room">What raising must leave free: for what waits and for what coarsens.</param>
    /// <param name="mayRaise">Whether textures may become larger: nothing was refused memory, and somebody looks.</param>
    public void Look(long frame, TimeSpan now, in MemoryRoom room, bool mayRaise)
    {
        NextDeadline = TimeSpan.MaxValue;
        if (!_anyMeasured)
            return;
        var isDue = SurroundingsOf(room, mayRaise) != _seen || now >= _heldUntil;
        if (isDue && now >= _nextLook)
        {
            _heldUntil = TimeSpan.MaxValue;
            LookAtAll(frame, now, room, mayRaise);
            _seen = SurroundingsOf(room, mayRaise);
            isDue = false;
        }
        NextDeadline = isDue ? _nextLook : _heldUntil;
    }

    private Surroundings SurroundingsOf(in MemoryRoom room, bool mayRaise) =>
        new(points.Version, residency.FactsVersion, _answers, ledger.Used, ledger.Budget, room, mayRaise);

    private void LookAtAll(long frame, TimeSpan now, in MemoryRoom room, bool mayRaise)
    {
        Find();
        CountTiers();
        if (_changeable.Count == 0)
            return;
        _nextLook = now + TimeSpan.FromSeconds(options.TickInterval);
        var free = options.MaxConcurrentChanges - Changing();
        if (free <= 0)
            return;
        CollectChanges(frame, now, mayRaise);
        foreach (var change in _candidates)
        {
            if (free == 0)
                return;
            if (change.Tier < residency.Entry(change.Index).Textures.Tier && !(mayRaise && MayRaise(residency.Entry(change.Index), change.Tier, room)))
                continue;
            if (Change(change.Index, change.Tier))
                free--;
        }
    }

    /// <summary>Shrinks the textures of the farthest contents to the least size, whatever their distance.</summary>
    /// <param name="count">Contents at most.</param>
    /// <param name="now">Time of the tick.</param>
    /// <returns>Whether any textures will become smaller.</returns>
    public bool Shed(int count, TimeSpan now)
    {
        if (!_anyMeasured)
            return false;
        Find();
        _candidates.Clear();
        foreach (var index in _changeable)
        {
            ref var entry = ref residency.Entry(index);
            if (!entry.Textures.IsChanging && entry.Textures.At(entry.Textures.Tier) > entry.Textures.Minimum && entry.Textures.HeldUntil != TimeSpan.MaxValue)
                _candidates.Add(new(false, -points.DistanceTo(entry.Content), tree.Contents.Key(entry.Content), index, TextureTier.Minimum));
        }
        _candidates.Sort();
        foreach (var candidate in _candidates.Count > count ? _candidates[..count] : _candidates)
        {
            residency.Entry(candidate.Index).Textures.HeldUntil = now + TimeSpan.FromSeconds(options.ShedHoldSeconds);
            Change(candidate.Index, TextureTier.Minimum);
        }
        return count > 0 && _candidates.Count > 0;
    }

    private void Find()
    {
        _changeable.Clear();
        for (var index = 0; index < residency.EntryCount; index++)
        {
            ref var entry = ref residency.Entry(index);
            if (entry.State == ContentState.Resident && entry.Textures.CanChange)
                _changeable.Add(index);
        }
    }

    private void CountTiers()
    {
        Array.Clear(Count);
        foreach (var index in _changeable)
            Count[(int)residency.Entry(index).Textures.Tier]++;
    }

    private int Changing()
    {
        var changing = 0;
        foreach (var index in _changeable)
            changing += residency.Entry(index).Textures.IsChanging ? 1 : 0;
        return changing;
    }

    private void CollectChanges(long frame, TimeSpan now, bool mayRaise)
    {
        _candidates.Clear();
        foreach (var index in _changeable)
        {
            ref var entry = ref residency.Entry(index);
            if (entry.Textures.IsChanging)
                continue;
            var distance = points.DistanceTo(entry.Content);
            var tier = TierAt(distance, entry.Textures.Tier);
            if (tier == entry.Textures.Tier)
                continue;
            if (now < entry.Textures.HeldUntil)
            {
                // What is held for good waits for nothing.
                if (mayRaise && entry.Textures.HeldUntil < _heldUntil)
                    _heldUntil = entry.Textures.HeldUntil;
                continue;
            }
            _candidates.Add(new(IsDrawn(entry.Content, frame) && points.See(entry.Content), distance, tree.Contents.Key(entry.Content), index, tier));
        }
        _candidates.Sort();
    }

    // The largest whose radius is reached. Around each radius what is at a tier stays there.
    private TextureTier TierAt(double distance, TextureTier current)
    {
        if (distance <= options.UpgradeRadius * Band(current == TextureTier.Full))
            return TextureTier.Full;
        return distance <= options.DowngradeRadius * Band(current != TextureTier.Minimum) ? TextureTier.Medium : TextureTier.Minimum;
    }

    private double Band(bool isInside) => isInside ? 1 + options.DeadBand : 1 - options.DeadBand;

    private bool IsDrawn(int content, long frame)
    {
        if (residency.DrawnFrame[tree.Contents.Records[content].Tile] >= frame - 1)
            return true;
        foreach (var tile in tree.OtherTilesOf(content))
        {
            if (residency.DrawnFrame[tile] >= frame - 1)
                return true;
        }
        return false;
    }

    // What is raised stays below the mark, or it would be shed again.
    private bool MayRaise(in ContentEntry entry, TextureTier tier, in MemoryRoom room)
    {
        var more = entry.Textures.At(tier) - entry.Charge.Texture;
        var used = ledger.Used;
        return more <= 0
            || (used.Geometry + used.Texture + more <= ledger.CombinedMark && !ledger.IsGeometryHigh
                && used.Texture + more + room.Texture <= ledger.TextureBudget && used.Total + more + room.Total <= ledger.Budget);
    }

    // True when the host was asked; where both tiers come to the same there is nothing to ask for.
    private bool Change(int index, TextureTier tier)
    {
        ref var entry = ref residency.Entry(index);
        ref var textures = ref entry.Textures;
        if (textures.At(tier) == textures.At(textures.Tier))
        {
            (textures.Tier, textures.Asked) = (tier, tier);
            return false;
        }
        textures.Asked = tier;
        ledger.Replace(ref entry.Charge, entry.Charge with { Texture = Math.Max(entry.Charge.Texture, textures.At(tier)) });
        host.SetTextures(new(entry.Content, entry.Id, tier, tier switch { TextureTier.Full => int.MaxValue, TextureTier.Medium => options.MediumPixels, _ => options.MinimumPixels }));
        return true;
    }

    // As a content that could not be decoded: later and later, and then no more.
    private void Hold(ref TextureTiers textures, TimeSpan now)
    {
        textures.Failures = (byte)Math.Min(255, textures.Failures + 1);
        var wait = Math.Min(streamer.LongestParseBackoffSeconds, streamer.FirstParseBackoffSeconds * (1 << Math.Min(textures.Failures - 1, 10)));
        textures.HeldUntil = textures.Failures >= streamer.MaximumParseAttempts ? TimeSpan.MaxValue : now + TimeSpan.FromSeconds(wait);
    }
}
