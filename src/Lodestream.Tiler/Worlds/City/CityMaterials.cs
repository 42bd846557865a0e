using System.Numerics;

namespace Lodestream.Tiler.Worlds.City;

/// <summary>What the city is made of: the same few materials in every payload, so that what is of one can be drawn as one.</summary>
internal enum CityMaterial
{
    Plaster,
    Brick,
    Stone,
    Concrete,
    Glass,
    Metal,
    Wood,
    Slate,
    Ground,
    Foliage,
    Fabric,
    Paint,
}

/// <summary>How a material looks; vertex colours multiply its colour.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Color">Linear.</param>
/// <param name="Roughness">0 to 1.</param>
/// <param name="Metallic">0 or 1.</param>
internal readonly record struct CityMaterialLook(string Name, Vector3 Color, float Roughness, float Metallic = 0);

/// <summary>Materials and colours.</summary>
internal static class CityMaterials
{
    public const int Count = (int)CityMaterial.Paint + 1;

    private static readonly CityMaterialLook[] Looks =
    [
        new("plaster", Vector3.One, 1), new("brick", Tints.Hex(0xB08570), 1), new("stone", Tints.Hex(0xDBD2C0), 1), new("concrete", Tints.Hex(0xB4B2AC), 1),
        new("glass", Tints.Hex(0x7C9DB4), 0.12f), new("metal", Tints.Hex(0xC2C6CA), 0.5f), new("wood", Tints.Hex(0xC8AB88), 1), new("slate", Tints.Hex(0x6B7480), 1),
        new("ground", Vector3.One, 1), new("foliage", Tints.Hex(0x98AE74), 1), new("fabric", Vector3.One, 1), new("paint", Tints.Hex(0xF4F1EA), 1),
    ];

    public static CityMaterialLook LookOf(CityMaterial material) => Looks[(int)material];

    /// <summary>The tint that makes plaster, which is white, look like another tinted material.</summary>
    public static Vector3 Seen(CityMaterial material, Vector3 tint) => Looks[(int)material].Color * tint;
}

/// <summary>Linear colours.</summary>
internal static class Tints
{
    public static readonly Vector3 None = Vector3.One;

    /// <summary>Dark metal: lamps, rails, frames.</summary>
    public static readonly Vector3 Iron = new(0.11f, 0.12f, 0.13f);

    public static readonly Vector3 Asphalt = Hex(0x6A6C70), Paving = Hex(0xB9B4AA), Kerb = Hex(0xCFCBC2), Lawn = Hex(0x93AA70), Gravel = Hex(0xD5C7A6), Court = Hex(0xA9A69C), Marking = Hex(0xECEAE2);

    /// <summary>A colour written as sRGB.</summary>
    public static Vector3 Hex(int rgb)
    {
        var color = Meshes.LinearColor.FromSrgb(rgb);
        return new((float)color.R, (float)color.G, (float)color.B);
    }

    /// <summary>As four bytes, linear, red lowest.</summary>
    public static uint Pack(Vector3 color) => Byte(color.X) | Byte(color.Y) << 8 | Byte(color.Z) << 16 | 0xff000000;

    private static uint Byte(float value) => (uint)(Math.Clamp(value, 0, 1) * 255 + 0.5f);
}
