using Lodestream.Presentation;
using Lodestream.Residency;
using Lodestream.Scene;
using Lodestream.Selection;

namespace Lodestream.Streaming;

/// <summary>What a manifest scene does about its memory beyond the total: geometry and textures by themselves, and textures by distance.</summary>
internal sealed class ProximityMemory
{
    private readonly MemoryLedger _ledger;
    private readonly ViewPoints _points;
    private readonly TextureStage? _textures;
    private readonly PressureRelief _relief;
    private long _toShed;

    public ProximityMemory(TileTree tree, TileResidency residency, SizeEstimator sizes, MemoryLedger ledger, ContentPipeline pipeline, IRenderHost host, ProximityOptions options, StreamerOptions streamer)
    {
        (_ledger, _points) = (ledger, new(tree));
        _textures = options.Memory.Textures is { } tiers ? new(tree, residency, ledger, pipeline, host, _points, tiers, streamer) : null;
        _relief = new(tree, residency, sizes, ledger, _textures, _points, options);
    }

    /// <summary>Contents evicted since the start.</summary>
    public long Evicted => _relief.Evicted;

    /// <summary>Entries the last pass evicted; the host is to free them.</summary>
    public List<int> Chosen => _relief.Chosen;

    /// <summary>Whether geometry or textures were refused to something, nothing can be given up for it, and none comes back.</summary>
    public bool ReachedNothing => _relief.ReachedNothing;

    /// <summary>When to look again.</summary>
    public TimeSpan NextDeadline => _textures is null || _relief.NextDeadline < _textures.NextDeadline ? _relief.NextDeadline : _textures.NextDeadline;

    /// <summary>Textures by distance; null where all have their native size.</summary>
    public TextureStage? Textures => _textures;

    /// <summary>Textures are to shrink with the next plan.</summary>
    public void ShedTextures(long count) => _toShed = Math.Max(_toShed, count);

    /// <summary>Frees what is above the marks.</summary>
    /// <param name="set">What is wanted.</param>
    /// <param name="views">The cameras.</param>
    /// <param name="now">Time of the tick.</param>
    /// <param name="isShort">Whether the total is short, and ordinary eviction found nothing, or the system wants memory back.</param>
    /// <returns>Whether memory is about to come back.</returns>
    public bool Relieve(VisibilitySet set, ReadOnlySpan<View> views, TimeSpan now, bool isShort)
    {
        _points.Take(views);
        if (_toShed > 0)
            _textures?.Shed((int)Math.Min(_toShed, int.MaxValue), now);
        _toShed = 0;
        _relief.Relieve(set, now, isShort);
        return _relief.IsShedding || _relief.Chosen.Count > 0;
    }

    /// <summary>Has textures follow the cameras.</summary>
    public void FollowDistance(long frame, TimeSpan now, in MemoryCharge waiting, in MemoryRoom headroom, bool mayRaise) =>
        _textures?.Look(frame, now, new(headroom.Total + waiting.Total, 0, headroom.Texture + waiting.Texture), mayRaise && _ledger.Lack.Total == 0 && !_relief.IsShedding);
}
