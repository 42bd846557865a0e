using System.Buffers;
using System.Text;
using System.Text.Json;
using Lodestream.Residency;
using Lodestream.Scene;
using Lodestream.Selection;

namespace Lodestream.Browser;

/// <summary>The streamer's state as JSON, for <c>window.lodestream</c>.</summary>
internal static class DebugReport
{
    public static string State(StreamedScene scene)
    {
        var buffer = new ArrayBufferWriter<byte>(16384);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            WriteSelection(json, scene);
            WriteDrawn(json, scene);
            WriteScheduler(json, scene);
            WriteFigures(json, scene);
            WriteHosts(json, scene);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    public static string Why(StreamedScene scene, string tileKey)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            var tile = FindTile(scene.Tree, tileKey);
            if (tile < 0)
                json.WriteString("error", $"no tile has the path key or a content URI that ends in {tileKey}");
            else
                WriteExplanation(json, scene, tile);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteSelection(Utf8JsonWriter json, StreamedScene scene)
    {
        var (set, tree) = (scene.Streamer.Selection, scene.Tree);
        json.WriteNumber("visibilitySetFrameId", set.FrameId);
        json.WriteString("visibilitySetSignature", set.Signature.ToString("x32", null));
        json.WriteNumber("primaryZ", set.PrimaryLevel);
        json.WriteStartArray("primaryKeys");
        foreach (ref readonly var visit in set.Visits)
        {
            if ((visit.Flags & VisitFlags.Primary) != 0)
                json.WriteStringValue(PathKey.Text(tree.PathKeys[visit.Tile]));
        }
        json.WriteEndArray();
    }

    private static void WriteDrawn(Utf8JsonWriter json, StreamedScene scene)
    {
        json.WriteStartArray("renderedKeys");
        foreach (ref readonly var item in scene.Streamer.Drawn)
            json.WriteStringValue(PathKey.Text(scene.Tree.PathKeys[item.Region]));
        json.WriteEndArray();
        json.WriteStartArray("standIns");
        foreach (ref readonly var item in scene.Streamer.Drawn)
        {
            if (item.Region == item.Source && item.ChildMask == 0)
                continue;
            json.WriteStartObject();
            json.WriteString("region", PathKey.Text(scene.Tree.PathKeys[item.Region]));
            json.WriteString("source", PathKey.Text(scene.Tree.PathKeys[item.Source]));
            json.WriteNumber("childMask", item.ChildMask);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteScheduler(Utf8JsonWriter json, StreamedScene scene)
    {
        var s = scene.Streamer.Statistics;
        json.WriteStartObject("scheduler");
        json.WriteNumber("inFlight", s.InFlight);
        json.WriteNumber("peakInFlight", s.PeakInFlight);
        json.WriteNumber("queued", s.Queued);
        json.WriteNumber("requested", s.Requested);
        json.WriteNumber("canceled", s.Cancelled);
        json.WriteNumber("retries", s.Retries);
        json.WriteNumber("coalescedHits", s.CoalescedHits);
        json.WriteNumber("breakerOpenings", s.BreakerOpenings);
        json.WriteEndObject();
    }

    private static void WriteFigures(Utf8JsonWriter json, StreamedScene scene)
    {
        var s = scene.Streamer.Statistics;
        json.WriteNumber("tiles", scene.Tree.TileCount);
        json.WriteNumber("touched", s.Touched);
        json.WriteNumber("wanted", s.Wanted);
        json.WriteNumber("notYetResident", s.NotYetResident);
        json.WriteNumber("preparing", s.Preparing);
        json.WriteNumber("commitsCount", s.Commits);
        json.WriteNumber("evicted", s.Evicted);
        json.WriteNumber("givenBack", s.GivenBack);
        WriteFinite(json, "primaryGeometricSsePx", s.PrimaryGeometricSsePx);
        WriteFinite(json, "primaryRasterSsePx", s.PrimaryRasterSsePx);
        WriteFinite(json, "underlayGeometricSsePx", s.UnderlayGeometricSsePx);
        WriteFinite(json, "underlayRasterSsePx", s.UnderlayRasterSsePx);
        json.WriteNumber("bytesFetched", s.BytesFetched);
        json.WriteStartObject("bytes");
        json.WriteNumber("cpu", s.CpuBytes);
        json.WriteNumber("gpuGeometry", s.GpuGeometryBytes);
        json.WriteNumber("gpuTexture", s.GpuTextureBytes);
        json.WriteNumber("peak", s.PeakBytes);
        json.WriteEndObject();
        json.WriteNumber("budget", s.BudgetBytes);
        json.WriteNumber("detailScale", s.DetailScale);
        json.WriteNumber("failures", scene.Failures);
        WriteOpening(json, scene);
    }

    // From inside a tile's volume its error is without bound, and JSON has no word for that but null.
    private static void WriteFinite(Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value))
            json.WriteNumber(name, value);
        else
            json.WriteNull(name);
    }

    // The scene is open when the topology of its first document is known; it cannot be opened when that failed for good, nor as it should
    // when the budget is too small.
    private static void WriteOpening(Utf8JsonWriter json, StreamedScene scene)
    {
        var known = scene.Tree.Links[TileTree.SceneRoot].ChildCount > 0;
        json.WriteBoolean("topologyKnown", known);
        if (scene.Streamer.BudgetError is { } tooSmall)
        {
            json.WriteString("openError", tooSmall);
            return;
        }
        var why = scene.Streamer.Why(TileTree.SceneRoot);
        if (known || why.State != ContentState.Failed || why.RetryAt != TimeSpan.MaxValue)
            return;
        var uri = scene.Tree.Contents.Uri(scene.Tree.SlotsOf(TileTree.SceneRoot)[0]);
        var detail = why.Detail ?? why.StateReason.ToString();
        json.WriteString("openError", detail.Contains(uri, StringComparison.Ordinal) ? detail : $"{uri}: {detail}");
    }

    private static void WriteHosts(Utf8JsonWriter json, StreamedScene scene)
    {
        json.WriteStartArray("hosts");
        foreach (var host in scene.Streamer.Hosts())
        {
            json.WriteStartObject();
            json.WriteString("name", host.Name);
            json.WriteString("breaker", host.Breaker.ToString());
            json.WriteNumber("inFlight", host.InFlight);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteExplanation(Utf8JsonWriter json, StreamedScene scene, int tile)
    {
        var (tree, why) = (scene.Tree, scene.Streamer.Why(tile));
        json.WriteString("key", PathKey.Text(tree.PathKeys[tile]));
        json.WriteNumber("level", tree.Links[tile].Level);
        json.WriteNumber("geometricError", tree.Nodes[tile].GeometricError);
        json.WriteStartArray("uris");
        foreach (var content in tree.SlotsOf(tile))
            json.WriteStringValue(tree.Contents.Uri(content));
        json.WriteEndArray();
        json.WriteString("reason", why.Reason.ToString());
        json.WriteString("state", why.State.ToString());
        json.WriteString("stateReason", why.StateReason.ToString());
        if (why.DrawnBy >= 0)
            json.WriteString("drawnBy", PathKey.Text(tree.PathKeys[why.DrawnBy]));
        if (why.State == ContentState.Failed && why.RetryAt != TimeSpan.MaxValue)
            json.WriteNumber("retryInMs", (why.RetryAt - scene.Now).TotalMilliseconds);
        if (why.IsStale)
            json.WriteBoolean("stale", true);
        if (why.Detail is { } detail)
            json.WriteString("detail", detail);
    }

    private static int FindTile(TileTree tree, string key)
    {
        if (PathKey.TryParse(key, out var pathKey))
        {
            var found = tree.PathKeys[..tree.Capacity].IndexOf(pathKey);
            if (found >= 0)
                return found;
        }
        for (var tile = 0; tile < tree.Capacity; tile++)
        {
            foreach (var content in tree.SlotsOf(tile))
            {
                if (tree.Contents.Uri(content).EndsWith(key, StringComparison.Ordinal))
                    return tile;
            }
        }
        return -1;
    }
}
