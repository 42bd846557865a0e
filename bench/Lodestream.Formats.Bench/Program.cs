using System.Diagnostics;
using System.Globalization;
using Lodestream.Formats.Bench;
using Lodestream.Formats.Tiles3D;

// Opens the bench world from its JSON text: lodestream-formats-bench [levels = 10] [runs = 5].
var levels = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 10;
var runs = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 5;
var json = BenchWorldJson.Write(levels);
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{BenchWorldJson.TileCount(levels)} tiles, {json.Length / 1e6:F1} MB of JSON"));
for (var run = 0; run < runs; run++)
{
    GC.Collect();
    var allocated = GC.GetTotalAllocatedBytes(precise: true);
    var start = Stopwatch.GetTimestamp();
    var result = TilesetReader.Read(json, "file:///bench/tileset.json", TilesetParent.Scene);
    var elapsed = Stopwatch.GetElapsedTime(start);
    allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"{elapsed.TotalMilliseconds:F0} ms, {json.Length / elapsed.TotalSeconds / 1e6:F0} MB/s, {(double)allocated / result.Block!.TileCount:F0} bytes allocated per tile"));
}
