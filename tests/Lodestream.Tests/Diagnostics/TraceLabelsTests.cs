using Lodestream.Diagnostics;
using Lodestream.Geometry;
using Lodestream.Presentation.Labels;
using Lodestream.Scene;
using Lodestream.Streaming;
using Lodestream.Tests.Harness;

namespace Lodestream.Tests.Diagnostics;

/// <summary>Labels in recordings, and what places them.</summary>
public class TraceLabelsTests
{
    private static readonly LabelBox Box = new(-20, -10, 20, 10);

    [Fact]
    public void A_session_with_labels_replays_and_what_they_say_is_not_in_it()
    {
        var recorder = new TraceRecorder();
        var world = new HandDrivenWorld("R*label(a*label b*label)", HandDrivenWorld.Plain with { Labels = new() { HostTestsSight = true } }, recorder: recorder);
        world.LabelsOf["R.label"] = new([new(uint.MaxValue, "Arden", "town", 3, Vector3d.Zero, Box), new(7, "Brack", "village", 9, new(0, 0, 100), Box)]);
        world.LabelsOf["a.label"] = new([new(uint.MaxValue, "Arden", "capital", 1, new(-100, 0, 0), Box)]);
        world.DeliverAll();
        var placed = world.Streamer.Labels.Placed[0];
        world.Inbox.Post(new() { Kind = InboxKind.LabelSeen, Id = placed.Slot, Bytes = placed.Version });
        world.Tick();
        Assert.True(world.Streamer.Labels.Shown > 0);
        world.Views = [Cameras.All(level: 1)];
        world.DeliverAll();
        world.Now += TimeSpan.FromMilliseconds(70);
        world.Tick();

        var file = new MemoryStream();
        recorder.WriteTo(file);
        Assert.DoesNotContain("Arden", System.Text.Encoding.Latin1.GetString(file.ToArray()), StringComparison.Ordinal);
        var packed = new MemoryStream();
        recorder.Save(packed);
        var trace = TraceFile.Read(packed.ToArray(), out var error);
        Assert.Null(error);
        Assert.True(TraceReplay.Run(trace!) is { IsIdentical: true } or { Difference: null }, TraceReplay.Run(trace!).Difference?.Text);
    }

    [Fact]
    public void A_label_that_is_recorded_otherwise_is_a_difference_in_labels()
    {
        var recorder = new TraceRecorder();
        var world = new HandDrivenWorld("R*label", HandDrivenWorld.Plain, recorder: recorder);
        world.LabelsOf["R.label"] = new([new(5, "Lake", "lake", 2, new(0, 0, 77), Box)]);
        world.DeliverAll();
        var file = new MemoryStream();
        recorder.WriteTo(file);

        // The box's left edge, moved out of the screen's reach of the other place it would have.
        var bytes = file.ToArray();
        var at = bytes.AsSpan().IndexOf(BitConverter.GetBytes(77.0));
        BitConverter.GetBytes(7.7e8).CopyTo(bytes, at);
        var packed = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionLevel.Fastest, leaveOpen: true))
            gzip.Write(bytes);
        var difference = TraceReplay.Run(TraceFile.Read(packed.ToArray(), out _)!).Difference;
        Assert.Equal(TracePart.Labels, difference!.Part);
        Assert.StartsWith("labels differ: recorded ", difference.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Transforms_and_everything_else_that_places_a_content_come_back_from_a_block_and_from_a_tree()
    {
        var moved = new Transform3d(Vector3d.UnitY, -Vector3d.UnitX, Vector3d.UnitZ, new(1e6, 2, 3));
        var builder = new TileBlockBuilder("http://a.test/tileset.json");
        var volume = BoundingVolume.AxisAligned(new(-1, -1, -1), new(1, 1, 1));
        var root = builder.AddTile(-1, volume, 10, Refinement.Replace, Transform3d.Identity);
        builder.AddTile(root, volume, 5, Refinement.Replace, moved);
        var recorded = new TraceBuffer();
        TraceTopology.Write(builder.Build(), recorded, new());
        var bytes = new MemoryStream();
        recorded.CopyTo(bytes);

        var tree = new TileTree("http://a.test/tileset.json");
        tree.Append(TileTree.SceneRoot, TraceTopology.Read(new(bytes.ToArray())));
        var first = tree.Links[TileTree.SceneRoot].FirstChild;
        var child = tree.Links[first].FirstChild;
        Assert.Equal(Transform3d.Identity, tree.Transform(first));
        Assert.Equal(moved, tree.Transform(child));

        var copied = new TileTree("http://a.test/tileset.json");
        copied.Append(TileTree.SceneRoot, tree.CopyBlock(tree.AppendedBlocks()[0]));
        Assert.Equal(moved, copied.Transform(copied.Links[copied.Links[TileTree.SceneRoot].FirstChild].FirstChild));
    }

    [Fact]
    public void Every_field_of_a_message_is_recorded()
    {
        foreach (var field in typeof(InboxMessage).GetFields())
        {
            object message = new InboxMessage { Kind = InboxKind.Prepared };
            object? value = field.FieldType switch
            {
                var t when t == typeof(InboxKind) => InboxKind.MemoryPressure,
                var t when t == typeof(FetchStatus) => FetchStatus.Corrupt,
                var t when t == typeof(int) => 404,
                var t when t == typeof(long) => 1L << 40,
                var t when t == typeof(ulong) => ulong.MaxValue - 1,
                var t when t == typeof(double) => 0.5,
                var t when t == typeof(bool) => true,
                var t when t == typeof(string) => "gone",
                var t when t == typeof(LabelSet) => new LabelSet([new(3, "", "", 2, Vector3d.UnitX, Box)]),
                var t when t == typeof(object) => null,
                var t => throw new NotSupportedException($"InboxMessage.{field.Name} is a {t.Name}: is it recorded?"),
            };
            field.SetValue(message, value);
            var buffer = new TraceBuffer();
            TraceMessages.Write((InboxMessage)message, buffer, new());
            var bytes = new MemoryStream();
            buffer.CopyTo(bytes);
            var read = field.GetValue(TraceMessages.Read(new(bytes.ToArray())));
            if (value is LabelSet labels)
                Assert.Equal((labels.Labels[0].Id, labels.Labels[0].Position, labels.Labels[0].Box), (((LabelSet)read!).Labels[0].Id, ((LabelSet)read).Labels[0].Position, ((LabelSet)read).Labels[0].Box));
            else
                Assert.Equal(value, read);
        }
    }
}
