using System.Text.Json;
using Lodestream.Geometry;

namespace Lodestream.Tiler.Worlds;

/// <summary>A camera that shows a world well; also written into the tileset's <c>asset.extras.lodestream.views</c> or the manifest's <c>lodestream.views</c>.</summary>
/// <param name="Name">What it shows.</param>
/// <param name="Position">Where the camera is, scene frame (z up), metres.</param>
/// <param name="Direction">Where it looks, length 1. Up is z.</param>
public sealed record SuggestedView(string Name, Vector3d Position, Vector3d Direction);

/// <summary>Writes views.</summary>
internal static class SuggestedViews
{
    /// <summary>Writes them as a property <c>views</c>.</summary>
    public static void WriteTo(this IReadOnlyList<SuggestedView> views, Utf8JsonWriter json)
    {
        json.WriteStartArray("views"u8);
        foreach (var view in views)
        {
            json.WriteStartObject();
            json.WriteString("name"u8, view.Name);
            json.WriteVector("position"u8, view.Position);
            json.WriteVector("direction"u8, view.Direction);
            json.WriteVector("up"u8, Vector3d.UnitZ);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    /// <summary>Writes a vector as an array of three numbers.</summary>
    public static void WriteVector(this Utf8JsonWriter json, ReadOnlySpan<byte> name, Vector3d v)
    {
        json.WriteStartArray(name);
        json.WriteNumberValue(v.X);
        json.WriteNumberValue(v.Y);
        json.WriteNumberValue(v.Z);
        json.WriteEndArray();
    }
}
