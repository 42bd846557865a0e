using System.Diagnostics;
using System.Globalization;
using Lodestream.Formats.Bench;
using Lodestream.Formats.Manifest;
using Lodestream.Formats.Tiles3D;
using Lodestream.Scene;

// Opens the bench world from its JSON text: lodestream-formats-bench [levels = 10] [runs = 5].
// Opens a scene manifest, as far as its tree: lodestream-formats-bench manifest [tiles = 100000] [runs = 5].
var isManifest = args is ["manifest", ..];
int[] numbers = [.. args.Skip(isManifest ? 1 : 0).Select(argument => int.Parse(argument, CultureInfo.InvariantCulture))];
var size = numbers.Length > 0 ? numbers[0] : isManifest ? 100_000 : 10;
var runs = numbers.Length > 1 ? numbers[1] : 5;
var json = isManifest ? BenchManifest.Write(size) : BenchWorldJson.Write(size);
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(isManifest ? size : BenchWorldJson.TileCount(size))} tiles, {json.Length / 1e6:F1} MB of JSON"));
for (var run = 0; run < runs; run++)
{
    GC.Collect();
    var allocated = GC.GetTotalAllocatedBytes(precise: true);
    var processor = Environment.CpuUsage.TotalTime;
    var start = Stopwatch.GetTimestamp();
    var result = isManifest ? ManifestReader.Read(json, "file:///bench/city.json", TilesetParent.Scene) : TilesetReader.Read(json, "file:///bench/tileset.json", TilesetParent.Scene);
    var read = Stopwatch.GetElapsedTime(start);
    if (isManifest)
        new TileTree("file:///bench/city.json").Append(TileTree.SceneRoot, result.Block!);
    var elapsed = Stopwatch.GetElapsedTime(start);
    processor = Environment.CpuUsage.TotalTime - processor;
    allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{read.TotalMilliseconds:F0} ms{(isManifest ? $", {elapsed.TotalMilliseconds:F0} ms with the tree" : "")} ({processor.TotalMilliseconds:F0} ms of processor time), {json.Length / read.TotalSeconds / 1e6:F0} MB/s, {(double)allocated / result.Block!.TileCount:F0} bytes allocated per tile"));
}
