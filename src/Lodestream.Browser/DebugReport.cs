using System.Buffers;
using System.Text;
using System.Text.Json;
using Lodestream.Geometry;
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
            PolicyReport.Write(json, scene);
            WriteDrawn(json, scene);
            WriteScheduler(json, scene);
            DemandReport.Write(json, scene);
            InitialResidencyReport.Write(json, scene.Streamer.InitialResidency);
            WriteFigures(json, scene);
            WriteBatching(json, scene);
            WriteOutOfCore(json, scene);
            WriteHosts(json, scene);
            json.WriteStartObject("labels");
            json.WriteNumber("known", scene.Streamer.Labels.Known);
            json.WriteNumber("shown", scene.Streamer.Labels.Shown);
            json.WriteEndObject();
            json.WritePropertyName("families");
            WriteFamilies(json, scene);
            json.WriteNumber("hierGateSkip", scene.Streamer.Statistics.HierGateSkip);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteBatching(Utf8JsonWriter json, StreamedScene scene)
    {
        if (scene.Batching is not { Planner: var planner } batching)
            return;
        json.WriteStartObject("batching");
        json.WriteNumber("meshes", planner.Meshes);
        json.WriteNumber("batchedMeshes", planner.BatchedMeshes);
        json.WriteNumber("batches", planner.DrawnBatches);
        json.WriteNumber("building", planner.Building);
        json.WriteNumber("bytes", planner.MemoryBytes);
        json.WriteNumber("reservedBytes", batching.ReservedBytes);
        json.WriteEndObject();
    }

    private static void WriteOutOfCore(Utf8JsonWriter json, StreamedScene scene)
    {
        var s = scene.Streamer.Statistics;
        json.WriteStartObject("outOfCore");
        json.WriteNumber("empty", s.OutOfCore.Empty);
        json.WriteNumber("partial", s.OutOfCore.Partial);
        json.WriteNumber("usable", s.OutOfCore.Usable);
        json.WriteNumber("complete", s.OutOfCore.Complete);
        json.WriteNumber("copyBytes", s.CopyBytes);
        json.WriteNumber("copiesReleased", s.CopiesReleased);
        json.WriteNumber("meshesStarted", s.MeshesStarted);
        json.WriteEndObject();
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

    /// <summary>Why the finest tile that is wanted at a point is as it is; an empty object where nothing is wanted.</summary>
    public static string WhyAt(StreamedScene scene, Vector3d point)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (FindWanted(scene, point) is var tile and >= 0)
                WriteExplanation(json, scene, tile);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>The families that the known contents belong to, as JSON.</summary>
    public static string Families(StreamedScene scene)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer))
            WriteFamilies(json, scene);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteSelection(Utf8JsonWriter json, StreamedScene scene)
    {
        var (set, tree) = (scene.Streamer.Selection, scene.Tree);
        json.WriteNumber("visibilitySetFrameId", set.FrameId);
        json.WriteString("visibilitySetSignature", set.Signature.ToString("x32", null));
        json.WriteNumber("treeVersion", tree.Version);
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
        json.WriteNumber("cancellations", s.Cancelled);
        WriteFinite(json, "priorityP50", scene.Streamer.PriorityInFlight(0.5));
        WriteFinite(json, "priorityP95", scene.Streamer.PriorityInFlight(0.95));
        json.WriteEndObject();
    }

    // Per family: how many contents are known, whether it is drawn, what was asked for and called off, contents drawn now ("passes").
    private static void WriteFamilies(Utf8JsonWriter json, StreamedScene scene)
    {
        var (tree, count) = (scene.Tree, Enum.GetValues<ContentFamily>().Length);
        Span<int> contents = stackalloc int[count], passes = stackalloc int[count];
        for (var content = 0; content < tree.Contents.Capacity; content++)
        {
            ref readonly var record = ref tree.Contents.Records[content];
            if (record.Format != ContentFormat.Tileset && tree.SlotsOf(record.Tile).Contains(content))
                contents[(int)record.Family]++;
        }
        foreach (ref readonly var item in scene.Streamer.Drawn)
        {
            var slots = tree.SlotsOf(item.Source);
            for (var slot = 0; slot < slots.Length; slot++)
                passes[(int)tree.Contents.Records[slots[slot]].Family] += (int)(item.Contents >> slot & 1);
        }
        json.WriteStartObject();
        for (var f = 0; f < count; f++)
        {
            var family = (ContentFamily)f;
            if (contents[f] == 0 && scene.Requests.Requested(family) == 0)
                continue;
            json.WriteStartObject(FamilyNames.Text(family));
            json.WriteNumber("contents", contents[f]);
            json.WriteBoolean("visible", scene.Streamer.EnabledFamilies.Contains(family));
            json.WriteNumber("requested", scene.Requests.Requested(family));
            json.WriteNumber("canceled", scene.Requests.Cancelled(family));
            json.WriteNumber("passes", passes[f]);
            json.WriteEndObject();
        }
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
        json.WriteNumber("geometryBudget", s.GeometryBudgetBytes);
        json.WriteNumber("textureBudget", s.TextureBudgetBytes);
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
        if (scene.Streamer.InitialResidency is { State: InitialResidencyState.SceneCannotOpen, Error: var error })
            json.WriteString("openError", error);
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
        json.WriteBoolean("isLeaf", tree.Links[tile].ChildCount == 0 && (tree.Links[tile].Flags & TileFlags.Unexpanded) == 0);
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
        if (why.VisualState is { } visual)
            json.WriteString("visualState", visual.ToString());
        if (why.IsStale)
            json.WriteBoolean("stale", true);
        if (why.Detail is { } detail)
            json.WriteString("detail", detail);
        MetadataReport.Write(json, tree, tile);
    }

    // Volumes may be a little too tight for what is in them.
    private static int FindWanted(StreamedScene scene, Vector3d point)
    {
        var (found, level) = (-1, int.MinValue);
        foreach (ref readonly var visit in scene.Streamer.Selection.Visits)
        {
            var volume = scene.Tree.Volume(visit.Tile);
            if ((visit.Flags & (VisitFlags.Primary | VisitFlags.Expand)) == 0 || volume.DistanceTo(point) > volume.Radius * 0.01)
                continue;
            if (scene.Tree.Links[visit.Tile].Level > level)
                (found, level) = (visit.Tile, scene.Tree.Links[visit.Tile].Level);
        }
        return found;
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
