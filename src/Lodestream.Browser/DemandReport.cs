using System.Text.Json;

namespace Lodestream.Browser;

/// <summary>
/// What the last frame wanted and did not have, and what was asked of the network for it: with both, whoever looks can tell whether one
/// follows from the other.
/// </summary>
internal static class DemandReport
{
    public static void Write(Utf8JsonWriter json, StreamedScene scene)
    {
        WriteDemand(json, scene);
        WriteRequests(json, scene);
    }

    private static void WriteDemand(Utf8JsonWriter json, StreamedScene scene)
    {
        var tree = scene.Tree;
        json.WriteStartArray("demand");
        foreach (ref readonly var demand in scene.Streamer.Demands)
        {
            json.WriteStartObject();
            json.WriteString("key", PathKey.Text(tree.PathKeys[demand.Tile]));
            json.WriteString("uri", tree.Contents.Uri(demand.Content));
            json.WriteString("class", demand.Class.ToString());
            json.WriteString("state", scene.Streamer.StateOf(demand.Content).ToString());
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    // Attempts have rising numbers, so that those made since an earlier look can be told.
    private static void WriteRequests(Utf8JsonWriter json, StreamedScene scene)
    {
        json.WriteStartArray("requests");
        foreach (var (id, request) in scene.UnderWay)
        {
            json.WriteStartObject();
            json.WriteNumber("id", id);
            json.WriteString("uri", request.Uri);
            json.WriteString("content", scene.Tree.Contents.Uri(request.Content));
            json.WriteBoolean("isDependency", request.IsDependency);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
