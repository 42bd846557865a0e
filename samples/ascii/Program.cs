// Flies over a scene from corner to corner, the flattest axis up, and draws a map of its levels of detail: ascii PATH|URL [FRAMES].
using Lodestream.Samples.Ascii;

if (SceneFiles.Locate(args.FirstOrDefault(""), out var error) is not { } uri)
{
    Console.Error.WriteLine(error);
    return 2;
}
var (tree, inbox, wake, frames) = (new TileTree(uri), new Inbox(), new AutoResetEvent(false), args.Length > 1 && int.TryParse(args[1], out var n) ? n : 8);
inbox.Arrived += () => wake.Set();
using var client = HttpTransport.CreateClient();
var host = new AsciiHost(tree, inbox);
var streamer = new TileStreamer(tree, RoutingTransport.For(uri, client, inbox), host, host, inbox);
var start = TimeProvider.System.GetTimestamp();
Settle([]);
for (var frame = 0; frame < frames && tree.TileCount > 1; frame++)
{
    var (min, max) = tree.Volume(tree.Links[TileTree.SceneRoot].FirstChild).AxisAlignedBounds();
    var size = max - min;
    var (up, north) = size.Z <= size.Y ? (Vector3d.UnitZ, Vector3d.UnitY) : (Vector3d.UnitY, Vector3d.UnitZ);
    var ahead = size - up * (Vector3d.Dot(size, up) + size.X / 2);
    var eye = min + size * ((frame + 0.5) / frames);
    eye += up * (Vector3d.Dot(max - eye, up) + size.X / 50);
    Settle([new() { Position = eye, Direction = ahead, Up = up }]);
    Console.WriteLine($"frame {frame + 1}: {streamer.Statistics.Drawn} items, {streamer.Statistics.BytesFetched} bytes so far");
    host.Draw(min, max, north);
}
return tree.TileCount > 1 ? 0 : 1;

void Settle(View[] views)
{
    do
        streamer.Tick(TimeProvider.System.GetElapsedTime(start), views);
    while (!streamer.Statistics.Settled && TimeProvider.System.GetElapsedTime(start).TotalMinutes < 5 && (wake.WaitOne(50) || true));
}
