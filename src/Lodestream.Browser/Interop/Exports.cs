using System.Runtime.InteropServices.JavaScript;
using Lodestream.Scene;

namespace Lodestream.Browser.Interop;

/// <summary>What the page can call. Scenes are named by number; an unknown one is a defect of the page.</summary>
internal static partial class Exports
{
    private static readonly Dictionary<int, StreamedScene> Scenes = [];
    private static int _lastScene;

    /// <summary>Opens a scene; nothing is fetched before its first tick.</summary>
    /// <param name="url">Of its document.</param>
    /// <param name="options">JSON, as <see cref="SceneOptions.Parse"/> reads it.</param>
    [JSExport]
    public static int Open(string url, string options)
    {
        var number = ++_lastScene;
        Scenes[number] = new(number, url, SceneOptions.Parse(options));
        return number;
    }

    /// <summary>Where the scene's shared block lies.</summary>
    [JSExport]
    public static int Address(int scene) => Scenes[scene].Block.Address;

    /// <summary>Runs one frame; inputs and outputs are in the shared block.</summary>
    [JSExport]
    public static void Tick(int scene) => Scenes[scene].Tick();

    /// <summary>Writes the volume of the scene's root to the block's scratch space; false while it is not known.</summary>
    [JSExport]
    public static bool Bounds(int scene)
    {
        var links = Scenes[scene].Tree.Links[TileTree.SceneRoot];
        return links.ChildCount > 0 && Volume(scene, links.FirstChild);
    }

    /// <summary>
    /// Writes a tile's volume to the block's scratch space: centre, three axes, half lengths, the axes along which its children are
    /// told apart (bits), whether it is a sphere, level, geometric error.
    /// </summary>
    [JSExport]
    public static bool Volume(int scene, int tile)
    {
        var tree = Scenes[scene].Tree;
        if ((uint)tile >= (uint)tree.Capacity)
            return false;
        ref readonly var links = ref tree.Links[tile];
        var volume = tree.Volume(tile);
        ReadOnlySpan<double> words =
        [
            volume.Center.X, volume.Center.Y, volume.Center.Z,
            volume.AxisX.X, volume.AxisX.Y, volume.AxisX.Z,
            volume.AxisY.X, volume.AxisY.Y, volume.AxisY.Z,
            volume.AxisZ.X, volume.AxisZ.Y, volume.AxisZ.Z,
            volume.HalfLengths.X, volume.HalfLengths.Y, volume.HalfLengths.Z,
            links.MaskAxes,
            (links.Flags & TileFlags.Sphere) != 0 ? 1 : 0,
            links.Level,
            tree.Nodes[tile].GeometricError,
        ];
        words.CopyTo(Scenes[scene].Block.ScratchSpace);
        return true;
    }

    /// <summary>All that is known of the last frame, as JSON.</summary>
    [JSExport]
    public static string DebugState(int scene) => DebugReport.State(Scenes[scene]);

    /// <summary>Why a tile is as it is, as JSON: by its path key, or by the end of a content's URI.</summary>
    [JSExport]
    public static string Why(int scene, string tileKey) => DebugReport.Why(Scenes[scene], tileKey);

    /// <summary>The same for the finest tile wanted at a point of the scene's frame; an empty object where nothing is wanted.</summary>
    [JSExport]
    public static string WhyAt(int scene, double x, double y, double z) => DebugReport.WhyAt(Scenes[scene], new(x, y, z));

    /// <summary>The families that the known contents belong to, as JSON.</summary>
    [JSExport]
    public static string Families(int scene) => DebugReport.Families(Scenes[scene]);

    /// <summary>Fetches and draws a family, or stops to, from the next tick on; false when there is no family of that name.</summary>
    [JSExport]
    public static bool ShowFamily(int scene, string family, bool visible)
    {
        if (!FamilyNames.TryParse(family, out var which))
            return false;
        var streamer = Scenes[scene].Streamer;
        streamer.EnabledFamilies = visible ? streamer.EnabledFamilies.With(which) : streamer.EnabledFamilies.Without(which);
        return true;
    }

    /// <summary>Lets the session's recording grow to so many bytes; false where it is not kept, or not any more.</summary>
    [JSExport]
    public static bool StartRecording(int scene, double bytes) => Scenes[scene].StartRecording((long)bytes);

    /// <summary>The session from its opening until now, to be packed with gzip; empty where it is not kept.</summary>
    [JSExport]
    public static byte[] TakeRecording(int scene) => Scenes[scene].TakeRecording();

    /// <summary>What each stage of the last frame took, milliseconds, by <see cref="FrameStage"/>; measured from the first question on.</summary>
    [JSExport]
    public static double[] TimeStages(int scene) => Scenes[scene].TimeStages();

    /// <summary>Closes a scene and frees its memory.</summary>
    [JSExport]
    public static void Close(int scene)
    {
        if (Scenes.Remove(scene, out var open))
            open.Dispose();
    }
}
