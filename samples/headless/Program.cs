// What is drawn of a tileset seen from one place, looking down, worked out without a screen.
var (uri, position, seconds) = Arguments.Read(args);
var (tree, inbox, wake) = (new TileTree(uri), new Inbox(), new AutoResetEvent(false));
inbox.Arrived += () => wake.Set();
using var client = HttpTransport.CreateClient();
var transport = RoutingTransport.For(uri, client, inbox);
var streamer = new TileStreamer(tree, transport, new ContentPreparer(tree, inbox), new HeadlessHost(inbox), inbox);
View[] views = [new() { Position = position, Direction = -Vector3d.UnitZ, Up = Vector3d.UnitY }];
var (start, now) = (TimeProvider.System.GetTimestamp(), TimeSpan.Zero);

for (; !streamer.Statistics.Settled && now.TotalSeconds < seconds; wake.WaitOne(50))
    streamer.Tick(now = TimeProvider.System.GetElapsedTime(start), views);
foreach (var item in streamer.Drawn)
    Console.WriteLine(tree.Contents.RelativeUri(tree.SlotsOf(item.Source)[0]));
if (streamer.Drawn.IsEmpty || !streamer.Statistics.Settled)
    Arguments.Refuse($"{uri}: {(streamer.Statistics.Settled ? "nothing is drawn from there" : $"not all is here after {seconds} s")}. {streamer.Why(TileTree.SceneRoot).Detail}");
