namespace Lodestream.Selection;

/// <summary>Options of <see cref="PyramidPolicy"/> and of the order of loading that goes with it.</summary>
public sealed record PyramidOptions
{
    /// <summary>The primary level is the deepest one whose tiles are at least so wide on screen at the focal distance, pixels. Default 256 (ours).</summary>
    public double TargetTileWidthPx { get; init; } = 256;

    /// <summary>By how much of a tile's width the footprint is grown: once for the primary level, once more for the underlay. Default 0.6.</summary>
    public double FootprintMargin { get; init; } = 0.6;

    /// <summary>Distance from the focal point at which a tile is foreground no more, metres; null (default) for half the footprint's width (ours).</summary>
    public double? FocalRadius { get; init; }

    /// <summary>Priority of a pixel of a tile's screen area. Default 1.</summary>
    public double ScreenAreaWeight { get; init; } = 1;

    /// <summary>Priority lost with every level above the primary one. Default 250.</summary>
    public double DepthPenaltyPerLevel { get; init; } = 250;

    /// <summary>Priority gained at the focal point, less towards <see cref="FocalRadius"/>. Default 200.</summary>
    public double ForegroundBias { get; init; } = 200;

    /// <summary>Throws when an option makes no sense, naming it.</summary>
    /// <exception cref="ArgumentException">An option is out of its range; the message names option, value and range.</exception>
    internal void Validate()
    {
        Require(TargetTileWidthPx is > 0 and <= 1e6, nameof(TargetTileWidthPx), TargetTileWidthPx, "more than 0 pixels, 1,000,000 at most");
        Require(FootprintMargin is >= 0 and <= 100, nameof(FootprintMargin), FootprintMargin, "0 to 100");
        Require(FocalRadius is null or (> 0 and < double.PositiveInfinity), nameof(FocalRadius), FocalRadius ?? 0, "more than 0 m, or null");
        Require(double.IsFinite(ScreenAreaWeight), nameof(ScreenAreaWeight), ScreenAreaWeight, "a finite number");
        Require(double.IsFinite(DepthPenaltyPerLevel), nameof(DepthPenaltyPerLevel), DepthPenaltyPerLevel, "a finite number");
        Require(double.IsFinite(ForegroundBias), nameof(ForegroundBias), ForegroundBias, "a finite number");

        static void Require(bool holds, string option, object value, string range) => OptionCheck.Require(holds, nameof(PyramidOptions), option, value, range);
    }
}
