using System.Text.Json;
using Lodestream.Scene;
using Lodestream.Selection;

namespace Lodestream.Browser;

/// <summary>
/// By what rule tiles are wanted, with what the rule goes by: so that whoever looks can tell whether the level that is wanted follows
/// from it.
/// </summary>
internal static class PolicyReport
{
    public static void Write(Utf8JsonWriter json, StreamedScene scene)
    {
        json.WriteStartObject("policy");
        json.WriteString("name", scene.Options.Policy);
        if (scene.Options.Streamer.Pyramid is { } pyramid)
        {
            json.WriteNumber("targetTileWidthPx", pyramid.TargetTileWidthPx);
            json.WriteNumber("footprintMargin", pyramid.FootprintMargin);
            WriteRoot(json, scene.Tree);
        }
        if (scene.Block.ReadViews() is [var view, ..])
            WriteView(json, scene.Tree, view);
        json.WriteEndObject();
    }

    // Of a quadtree the next level's tiles are half as wide.
    private static void WriteRoot(Utf8JsonWriter json, TileTree tree)
    {
        var scene = tree.Links[TileTree.SceneRoot];
        if (scene.ChildCount == 0)
            return;
        var half = tree.Volume(scene.FirstChild).HalfLengths;
        json.WriteNumber("rootTileWidth", 2 * Math.Max(half.X, Math.Max(half.Y, half.Z)));
    }

    private static void WriteView(Utf8JsonWriter json, TileTree tree, in View view)
    {
        json.WriteNumber("focalDistance", PyramidPolicy.FocalDistance(tree, view));
        json.WriteNumber("fovY", view.FovY);
        json.WriteNumber("viewportHeight", view.ViewportHeight);
        json.WriteNumber("targetErrorPx", view.TargetErrorPx);
    }
}
