using System.Text;
using Lodestream.Formats;
using Lodestream.Formats.Gltf;
using Lodestream.Formats.Legacy;
using Lodestream.Server;
using Lodestream.Server.Configuration;
using Lodestream.Server.Scenes;
using Lodestream.Simulation.Cameras;

namespace Lodestream.Fuzz.Targets;

/// <summary>Headers that are read before a file is there whole, and the JSON that people write.</summary>
internal static class SmallTargets
{
    public static Parsed ParseImage(byte[] bytes) => Growing(bytes, 64, static (start, length) => ImageHeader.Read(start, length, out _));

    public static Parsed ParseGlbHeader(byte[] bytes) => Growing(bytes, 12, static (start, length) => GlbContainer.Read(start, length, out _));

    public static Parsed ParseB3dmHeader(byte[] bytes) => Growing(bytes, 28, static (start, length) => B3dmReader.Read(start, length, out _));

    public static Parsed ParsePath(byte[] bytes)
    {
        try
        {
            return new(null, PosePath.Parse("path.json", bytes));
        }
        catch (FormatException e)
        {
            return new(e.Message, null);
        }
    }

    public static void LookAtPath(object kept) => _ = ((PosePath)kept).AtShare(0.5);

    public static Parsed ParseProbe(byte[] bytes) => new(TilesetProbe.Read(() => new MemoryStream(bytes, writable: false)).Problem, null);

    /// <summary>Reads inputs as configurations of a server.</summary>
    /// <param name="folder">Where to put them: configurations are files.</param>
    public static Func<byte[], Parsed> ConfigurationParser(string folder) => bytes =>
    {
        var file = Path.Combine(folder, $"configuration-{Environment.CurrentManagedThreadId}.json");
        File.WriteAllBytes(file, bytes);
        try
        {
            return new(null, ServerConfiguration.Read(file));
        }
        catch (ServeException e)
        {
            return new(e.Message, null);
        }
    };

    public static void LookAtNothing(object kept)
    {
    }

    private static Parsed Growing(byte[] bytes, int first, Func<ReadOnlySpan<byte>, int, ReadOutcome> read)
    {
        var needed = Math.Min(first, bytes.Length);
        while (true)
        {
            var outcome = read(bytes.AsSpan(0, needed), bytes.Length);
            if (outcome.Status != ReadStatus.NeedMore)
                return new(outcome.IsOk ? null : outcome.Error ?? "", null);
            if (outcome.NeededBytes <= needed || outcome.NeededBytes > bytes.Length)
                throw new InvalidOperationException($"needs {outcome.NeededBytes} bytes after {needed} of {bytes.Length}");
            needed = outcome.NeededBytes;
        }
    }
}
