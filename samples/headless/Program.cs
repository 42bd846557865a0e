// What is drawn of a tileset seen from one place, looking down, worked out without a screen.
var (uri, position) = Arguments.Read(args);
var (tree, inbox, wake) = (new TileTree(uri), new Inbox(), new AutoResetEvent(false));
inbox.Arrived += () => wake.Set();
using var client = HttpTransport.CreateClient();
var transport = RoutingTransport.For(uri, client, inbox);
var streamer = new TileStreamer(tree, transport, new ContentPreparer(tree, inbox), new HeadlessHost(inbox), inbox);
View[] views = [new() { Position = position, Direction = -Vector3d.UnitZ, Up = Vector3d.UnitY }];

for (var start = TimeProvider.System.GetTimestamp(); !streamer.Statistics.Settled; wake.WaitOne(50))
    streamer.Tick(TimeProvider.System.GetElapsedTime(start), views);
foreach (var item in streamer.Drawn)
    Console.WriteLine(tree.Contents.RelativeUri(tree.SlotsOf(item.Source)[0]));
if (streamer.Drawn.IsEmpty)
    Arguments.Refuse($"{uri}: nothing is drawn from there. {streamer.Why(TileTree.SceneRoot).Detail}");
