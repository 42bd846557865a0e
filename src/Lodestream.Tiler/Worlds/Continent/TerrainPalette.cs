using Lodestream.Geometry;
using Lodestream.Tiler.Meshes;

namespace Lodestream.Tiler.Worlds.Continent;

/// <summary>What the ground looks like by height, slope, aspect and place: sand, meadows, woods, rock, scree, snow; and the sea by its depth.</summary>
internal sealed class TerrainPalette(GradientNoise noise, double scale)
{
    private static readonly LinearColor Abyss = LinearColor.FromSrgb(0x1A4A72);
    private static readonly LinearColor OpenSea = LinearColor.FromSrgb(0x23618C);
    private static readonly LinearColor Shelf = LinearColor.FromSrgb(0x33829B);
    private static readonly LinearColor Shallows = LinearColor.FromSrgb(0x62B3B0);
    private static readonly LinearColor LakeShallows = LinearColor.FromSrgb(0x4F8F98);
    private static readonly LinearColor LakeDeep = LinearColor.FromSrgb(0x2A5F7E);
    private static readonly LinearColor Silt = LinearColor.FromSrgb(0x8C9A86);
    private static readonly LinearColor Ooze = LinearColor.FromSrgb(0x4E6570);
    private static readonly LinearColor Gravel = LinearColor.FromSrgb(0x8B8672);
    private static readonly LinearColor Sand = LinearColor.FromSrgb(0xD8C79A);
    private static readonly LinearColor Meadow = LinearColor.FromSrgb(0x7F9A4C);
    private static readonly LinearColor Pasture = LinearColor.FromSrgb(0x9DAA5B);
    private static readonly LinearColor DryGrass = LinearColor.FromSrgb(0xB9A968);
    private static readonly LinearColor Wood = LinearColor.FromSrgb(0x48693A);
    private static readonly LinearColor Conifers = LinearColor.FromSrgb(0x35523A);
    private static readonly LinearColor AlpineGrass = LinearColor.FromSrgb(0x8C8E58);
    private static readonly LinearColor DarkRock = LinearColor.FromSrgb(0x6A625B);
    private static readonly LinearColor PaleRock = LinearColor.FromSrgb(0x94897B);
    private static readonly LinearColor Scree = LinearColor.FromSrgb(0xA59C8D);
    private static readonly LinearColor Snow = LinearColor.FromSrgb(0xF2F5F8);

    private readonly GradientNoise _climate = noise.Derived(0), _patches = noise.Derived(1), _grain = noise.Derived(2), _strata = noise.Derived(3);

    /// <summary>Colour of the sea over ground this deep, metres.</summary>
    public LinearColor Sea(double u, double v, double depth)
    {
        depth = depth / scale * (1 + 0.35 * _patches.Fractal(u * 30, v * 30, 3));
        var color = LinearColor.Lerp(Shallows, Shelf, Ramp.Linear(1, 22, depth));
        color = LinearColor.Lerp(color, OpenSea, Ramp.Smooth(10, 130, depth));
        return LinearColor.Lerp(color, Abyss, Ramp.Smooth(150, 1300, depth));
    }

    /// <summary>Colour of a lake over ground this deep, metres.</summary>
    public LinearColor Lake(double depth) => LinearColor.Lerp(LakeShallows, LakeDeep, Ramp.Smooth(0, 14, depth / scale));

    /// <summary>Colour of the ground under this much standing water, metres.</summary>
    public LinearColor Floor(double u, double v, double depth) =>
        LinearColor.Lerp(LinearColor.Lerp(Sand, Silt, Ramp.Linear(0, 4, depth / scale)), Ooze, Ramp.Smooth(2, 22, depth / scale * (1 + 0.3 * _patches.Fractal(u * 60, v * 60, 2))));

    /// <summary>Colour of the land.</summary>
    /// <param name="u">East, 0 to 1.</param>
    /// <param name="v">North, 0 to 1.</param>
    /// <param name="height">Metres above the sea.</param>
    /// <param name="normal">Upward normal.</param>
    /// <param name="hollow">Above 0 in hollows, below on crests.</param>
    /// <param name="inland">The plan's land value: just above 0 on the coast.</param>
    /// <param name="river">The nearest river.</param>
    public LinearColor Land(double u, double v, double height, Vector3d normal, double hollow, double inland, RiverNearby river)
    {
        height /= scale;
        var patch = _patches.Fractal(u * 90, v * 90, 5, 0.6);
        var grain = _grain.Fractal(u * 700, v * 700, 2);
        var slope = Math.Sqrt(1 - normal.Z * normal.Z) / Math.Max(0.05, normal.Z);
        var moisture = 0.5 + 0.9 * _climate.Fractal(u * 5, v * 5, 4) + 0.25 * Ramp.Smooth(400, 40, Math.Max(0, river.Distance)) + 0.2 * hollow;

        var color = Grass(height, moisture, patch);
        color = LinearColor.Lerp(color, Trees(height), Forest(height, slope, moisture, patch, grain));
        color = LinearColor.Lerp(color, Rock(height, patch, grain), Ramp.Smooth(0.78, 1.08, slope + 0.2 * patch + 0.08 * grain - 0.12 * hollow + 0.42 * Ramp.Linear(700, 1700, height)));
        color = LinearColor.Lerp(color, Scree, 0.75 * Ramp.Smooth(1000, 1400, height + 260 * patch) * Ramp.Smooth(0.8, 0.5, slope));
        color = LinearColor.Lerp(color, Snow, SnowCover(height, slope, normal, patch, grain, hollow));
        color = LinearColor.Lerp(color, Sand, Ramp.Smooth(8 + 5 * patch, 3, height) * Ramp.Smooth(0.016 + 0.012 * patch, 0.004, inland) * Ramp.Smooth(0.3, 0.12, slope));
        color *= (1 + 0.1 * grain + 0.07 * patch) * (1 - 0.3 * hollow);
        return LinearColor.Lerp(color, Gravel, 0.7 * Wetness(river));
    }

    private static LinearColor Grass(double height, double moisture, double patch)
    {
        var low = LinearColor.Lerp(DryGrass, Pasture, Ramp.Smooth(0.1, 0.45, moisture + 0.3 * patch));
        low = LinearColor.Lerp(low, Meadow, Ramp.Smooth(0.4, 0.75, moisture + 0.25 * patch));
        return LinearColor.Lerp(low, AlpineGrass, Ramp.Smooth(550, 1150, height + 200 * patch));
    }

    private static LinearColor Trees(double height) => LinearColor.Lerp(Wood, Conifers, Ramp.Smooth(250, 800, height));

    // Woods in patches, thicker where it is moist, up to a ragged tree line, not on cliffs nor on the beach.
    private static double Forest(double height, double slope, double moisture, double patch, double grain)
    {
        var wanted = moisture - 0.5 + 1.1 * patch + 0.25 * grain + 0.3 * Ramp.Smooth(60, 350, height);
        return Ramp.Smooth(-0.04, 0.14, wanted)
            * Ramp.Smooth(1180, 930, height + 260 * patch + 60 * grain)
            * Ramp.Smooth(1.1, 0.8, slope)
            * Ramp.Smooth(4, 14, height);
    }

    private LinearColor Rock(double height, double patch, double grain)
    {
        // Beds of stone, gently folded.
        var bed = _strata.At(height / 55 + 2 * patch, 0.5);
        return LinearColor.Lerp(DarkRock, PaleRock, Math.Clamp(0.5 + 0.45 * bed + 0.35 * grain, 0, 1));
    }

    // Snow lies longer in hollows and on the northern side, and not on the steepest walls.
    private static double SnowCover(double height, double slope, Vector3d normal, double patch, double grain, double hollow)
    {
        var line = 1330 - 200 * normal.Y + 190 * patch + 40 * grain - 150 * hollow;
        return Ramp.Smooth(line, line + 170, height) * Ramp.Smooth(1.5, 0.95, slope + 0.15 * grain);
    }

    // The share of the vertex's surroundings that is water.
    private double Wetness(RiverNearby river) => Ramp.Linear(16 * scale, -10 * scale, river.Distance) * Ramp.Linear(0, 14 * scale, river.Width);
}
