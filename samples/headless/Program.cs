// What is drawn of a tileset from one place, worked out without a screen: headless PATH|URL X Y Z (metres, looking down).
if (SceneFiles.Locate(args.FirstOrDefault(""), out var error) is not { } uri)
    return Fail(error);
if (args.Length < 4 || !Coordinate(1, out var x) || !Coordinate(2, out var y) || !Coordinate(3, out var z))
    return Fail("headless PATH|URL X Y Z: three numbers are needed after the scene");
var (inbox, tree, wake) = (new Inbox(), new TileTree(uri), new AutoResetEvent(false));
inbox.Arrived += () => wake.Set();
using var client = HttpTransport.CreateClient();
var streamer = new TileStreamer(tree, RoutingTransport.For(uri, client, inbox), new ContentPreparer(tree, inbox), new HeadlessHost(inbox), inbox);
View[] views = [new() { Position = new(x, y, z), Direction = new(0, 0, -1), Up = new(0, 1, 0) }];
for (var start = TimeProvider.System.GetTimestamp(); !streamer.Statistics.Settled; wake.WaitOne(50))
    streamer.Tick(TimeProvider.System.GetElapsedTime(start), views);
foreach (var item in streamer.Drawn)
    Console.WriteLine(tree.Contents.RelativeUri(tree.SlotsOf(item.Source)[0]));
return streamer.Drawn.Length > 0 ? 0 : Fail($"{uri}: nothing can be drawn from there: {streamer.Why(TileTree.SceneRoot).Detail}");

bool Coordinate(int place, out double value) => double.TryParse(args[place], System.Globalization.CultureInfo.InvariantCulture, out value);

int Fail(string? why)
{
    Console.Error.WriteLine(why);
    return 2;
}
