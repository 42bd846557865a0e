using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Text;
using Lodestream.Diagnostics;
using Lodestream.Scene;
using Lodestream.Selection;
using Lodestream.Streaming;
using Lodestream.Tests.Harness;

namespace Lodestream.Tests.Diagnostics;

/// <summary>Recordings as files: what is in them and what is not, and what becomes of damaged ones.</summary>
public class TraceFileTests
{
    private const string Tiles = "R(a(b c) d)";

    [Fact]
    public void Every_prefix_of_a_recording_is_an_error_and_never_an_exception()
    {
        var packed = Record();
        for (var length = 0; length < packed.Length; length++)
        {
            Assert.Null(TraceFile.Read(packed.AsSpan(0, length), out var error));
            Assert.False(string.IsNullOrEmpty(error));
        }
        Assert.NotNull(TraceFile.Read(packed, out _));
    }

    [Fact]
    public void Every_prefix_of_what_is_packed_is_an_error_that_names_the_byte()
    {
        var bytes = Unpack(Record());
        for (var length = 0; length < bytes.Length; length++)
        {
            Assert.Null(TraceFile.Read(Pack(bytes.AsSpan(0, length)), out var error));
            Assert.Matches(length < 19 ? "." : @"at byte [\d,]+ of the [\d,]+ packed in it", error!);
        }
    }

    [Fact]
    public void A_flipped_byte_in_the_file_is_an_error_or_changes_nothing()
    {
        var packed = Record();
        var bytes = Unpack(packed);
        for (var at = 0; at < packed.Length; at++)
        {
            foreach (var flip in new byte[] { 1, 0x10, 0xff })
            {
                var damaged = (byte[])packed.Clone();
                damaged[at] ^= flip;
                var trace = TraceFile.Read(damaged, out var error);

                // Of gzip's own bits some are of no consequence: a time, what pads the last byte.
                Assert.True(trace is null ? error is not null : Unpack(damaged).AsSpan().SequenceEqual(bytes), $"byte {at}, flip {flip}");
            }
        }
    }

    [Fact]
    public void A_flipped_byte_behind_the_checksum_is_an_error_or_replays_to_an_end()
    {
        var bytes = Unpack(Record());
        for (var at = 0; at < bytes.Length; at++)
        {
            foreach (var flip in new byte[] { 1, 0x80, 0xff })
            {
                var damaged = (byte[])bytes.Clone();
                damaged[at] ^= flip;
                var trace = TraceFile.Read(Pack(damaged), out var error);
                if (trace is null)
                    Assert.False(string.IsNullOrEmpty(error));
                else
                    TraceReplay.Run(trace);
            }
        }
    }

    [Fact]
    public void A_message_of_another_size_is_found_in_its_frame()
    {
        var bytes = Unpack(Record());

        // Measured, of ticket 1, with these three sizes: kind, fields, number, then seven bits a byte.
        byte[] message = [(byte)InboxKind.Measured, 0x71, 2];
        var at = bytes.AsSpan().IndexOf(message);
        Assert.Equal(at, bytes.AsSpan().LastIndexOf(message));
        bytes[at + message.Length] ^= 2;
        var trace = TraceFile.Read(Pack(bytes), out var error)!;
        Assert.Null(error);
        var (frames, frame) = (trace.OpenFrames(), new TraceFrame());
        while (frames.Read(frame) && !frame.Messages.Exists(m => m.Kind == InboxKind.Measured && m.Id == 1))
        {
        }

        var difference = TraceReplay.Run(trace).Difference!;
        Assert.Equal((frame.Number, TracePart.Statistics), (difference.Frame, difference.Part));
        Assert.Matches(@"^statistics differ: recorded [\d,]+ bytes of main memory, replayed [\d,]+$", difference.Text);
    }

    [Fact]
    public void Of_what_was_fetched_the_digest_is_kept_with_its_size()
    {
        var world = Recorded(out var recorder);
        world.Inbox.Post(new() { Kind = InboxKind.Fetched, Id = 77, Status = FetchStatus.Ok, Bytes = 3, Digest = 0xba7816bf8f01cfea, Payload = "abc"u8.ToArray() });
        world.DeliverAll();
        var trace = TraceFile.Read(Save(recorder), out _)!;
        var (frames, frame) = (trace.OpenFrames(), new TraceFrame());
        while (frames.Read(frame) && !frame.Messages.Exists(m => m.Id == 77))
        {
        }

        var fetched = frame.Messages.Find(m => m.Id == 77);
        Assert.Equal((3L, 0xba7816bf8f01cfea), (fetched.Bytes, fetched.Digest));
        Assert.Null(TraceReplay.Run(trace).Difference);
    }

    [Fact]
    public void Nothing_secret_of_a_URI_is_in_a_recording_and_what_differs_in_it_alone_still_does()
    {
        var world = Recorded(out var recorder, uriOf: name => $"//user:password@tiles.test/t/x.glb?key=secret-{name}");
        world.DeliverAll();
        var requests = world.Streamer.Statistics.Requested;
        world.Inbox.Post(new() { Kind = InboxKind.Changed, Payload = "http://user:password@tiles.test/t/x.glb?key=secret-b" });
        world.Inbox.Post(new() { Kind = InboxKind.Fetched, Id = 77, Status = FetchStatus.NetworkError, Error = "http://user:password@tiles.test/t/x.glb?key=secret-b: gone" });
        world.DeliverAll();
        Assert.True(world.Streamer.Statistics.Requested > requests);
        var packed = Save(recorder);
        var text = Encoding.Latin1.GetString(Unpack(packed));
        Assert.DoesNotContain("secret", text, StringComparison.Ordinal);
        Assert.DoesNotContain("password", text, StringComparison.Ordinal);
        Assert.Contains("t/x.glb?", text, StringComparison.Ordinal);
        Assert.Null(TraceReplay.Run(TraceFile.Read(packed, out _)!).Difference);
    }

    [Theory]
    [InlineData("data:,x", true)]
    [InlineData("DATA:,x", true)]
    [InlineData("a:b/metadata:c", true)]
    [InlineData("tiles:t/a.glb", false)]
    public void Data_in_a_URI_is_noticed_however_its_scheme_is_written(string uri, bool holds) => Assert.Equal(holds, TraceUris.MayHoldSecrets(Encoding.UTF8.GetBytes(uri)));

    [Theory]
    [InlineData("http://a.test/b.glb", "http://a.test/b.glb")]
    [InlineData("http://a.test/b@c.glb", "http://a.test/b@c.glb")]
    [InlineData("http://me:pw@a.test/b.glb?k=v", "http://2@a.test/b.glb?1")]
    [InlineData("b.glb#part", "b.glb?1")]
    [InlineData("data:application/octet-stream;base64,AAAA", "data:1")]
    public void URIs_are_stripped(string uri, string stripped) => Assert.Equal(stripped, new TraceUris().Strip(uri));

    [Theory]
    [InlineData("is it there? no", "is it there? no")]
    [InlineData("cannot read 'https://me:pw@a.test/b.glb?token=1#x': 403", "cannot read 'https://a.test/b.glb?… 403")]
    [InlineData("tile #5 is broken", "tile #5 is broken")]
    public void Errors_keep_their_words_and_lose_what_may_be_secret(string error, string stripped) => Assert.Equal(stripped, TraceUris.StripText(error));

    [Fact]
    public void Every_option_is_recorded()
    {
        var options = new StreamerOptions
        {
            Policy = () => new ScreenSpaceErrorPolicy(),
            Priorities = () => new DistanceOrder(),
            RequiredFamilies = FamilySet.Of(ContentFamily.Label),
            FailedLeaves = FailedLeafRule.Hole,
            Prediction = Changed(new PredictionOptions { PrefetchConfidence = 0.25 }),
            Hosts = Changed(new HostHealthOptions { FirstBackoff = 0.1 }),
            Labels = Changed(new Lodestream.Presentation.Labels.LabelOptions { SpacingPx = 5 }),
            Pyramid = Changed(new PyramidOptions { FocalRadius = 7 }),
        };
        options = Changed(options);
        var read = Reread(options);
        Assert.IsType<DistanceOrder>(read.Priorities());
        Assert.Equal(options with { Policy = read.Policy, Priorities = read.Priorities }, read);

        // The two leave room for one another only.
        var near = options with { Pyramid = null, Proximity = Shifted(new ProximityOptions()) };
        read = Reread(near);
        Assert.Equal(near with { Policy = read.Policy, Priorities = read.Priorities }, read);
        Assert.Equal(near.Proximity, Assert.IsType<ProximityPolicy>(Reread(near with { Policy = () => new ProximityPolicy(near.Proximity) }).Policy()).MadeWith);
        Assert.Equal(options.Pyramid, Assert.IsType<PyramidPriority>(Reread(options with { Priorities = () => new PyramidPriority(options.Pyramid) }).Priorities()).MadeWith);

        static StreamerOptions Reread(StreamerOptions options)
        {
            var buffer = new TraceBuffer();
            TraceOptions.Write(options, buffer);
            var bytes = new MemoryStream();
            buffer.CopyTo(bytes);
            return TraceOptions.Read(new(bytes.ToArray()));
        }

        // Within their ranges, which are narrow.
        static T Shifted<T>(T plain)
        {
            foreach (var property in typeof(T).GetProperties().Where(p => p.CanWrite))
            {
                property.SetValue(plain, property.GetValue(plain) switch
                {
                    int i => i + 1,
                    long l => l + 1,
                    double d => d * 0.96875,
                    bool b => !b,
                    ProximityMemoryOptions m => Shifted(m),
                    TextureTierOptions t => Shifted(t),
                    OutOfCoreOptions => Changed(new OutOfCoreOptions { Policy = AdmissionPolicy.Whole, MaximumGeometryShare = 0.25, UsableShare = 0.75, MaxConcurrentLoads = 7 }),
                    _ => throw new NotSupportedException($"{property.Name} is of a type this test cannot change"),
                });
            }
            return plain;
        }

        // Every number and switch is made another one than its default, so that one that is left out is missed.
        static T Changed<T>(T made)
            where T : class, new()
        {
            var plain = new T();
            foreach (var property in typeof(T).GetProperties().Where(p => p.CanWrite && p.Name != nameof(StreamerOptions.Proximity) && Equals(p.GetValue(made), p.GetValue(plain))))
            {
                object? value = property.GetValue(plain) switch { int i => i == int.MaxValue ? 7 : i + 1, long l => l + 1, ulong u => u + 1, double d => d * 1.125, bool b => !b, _ => null };
                Assert.True(value is not null, $"{property.Name} is of a type this test cannot change");
                property.SetValue(made, value);
            }
            return made;
        }
    }

    [Fact]
    public void A_policy_that_is_not_ours_cannot_be_recorded_and_the_error_says_so()
    {
        var error = Assert.Throws<ArgumentException>(() => Recorded(out _, HandDrivenWorld.Plain with { Policy = () => new OwnPolicy() }));
        Assert.Contains("StreamerOptions.Policy makes a OwnPolicy, which cannot be recorded", error.Message, StringComparison.Ordinal);
        error = Assert.Throws<ArgumentException>(() => Recorded(out _, HandDrivenWorld.Plain with { Priorities = () => new NamedOrder() }));
        Assert.Contains("StreamerOptions.Priorities makes a NamedOrder", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_recorder_takes_one_streamer_and_gives_up_beyond_its_limit()
    {
        Assert.Throws<InvalidOperationException>(() => new TraceRecorder().Save(Stream.Null));
        var world = Recorded(out var recorder, limit: 2000);
        Assert.Throws<InvalidOperationException>(() => new TileStreamer(world.Tree, world, world, world, world.Inbox, recorder: recorder));
        Assert.True(recorder.IsComplete);
        for (var i = 0; i < 500; i++)
            world.Tick();
        Assert.Equal((false, 0), (recorder.IsComplete, recorder.Bytes));
        Assert.Throws<InvalidOperationException>(() => recorder.Save(Stream.Null));
    }

    [Fact]
    public void A_session_that_was_closed_or_is_saved_twice_replays()
    {
        var world = Recorded(out var recorder);
        world.Tick();
        var early = Save(recorder);
        world.Answer("R");
        world.Tick();
        world.Streamer.Close(world.Now + TimeSpan.FromSeconds(1));
        Assert.Null(TraceReplay.Run(TraceFile.Read(early, out _)!).Difference);
        var trace = TraceFile.Read(Save(recorder), out _)!;
        Assert.Equal(2, trace.Frames);
        Assert.True(TraceReplay.Run(trace).IsIdentical);
    }

    [Fact]
    public void A_replay_comes_to_the_recorded_hash_and_the_cameras_can_be_taken_out()
    {
        var first = TraceFile.Read(Record(), out _)!;
        Assert.Equal(first.Hash, TraceReplay.Run(first).ReplayedHash);
        Assert.Equal(100, first.FirstViews()[0].Now.TotalSeconds);
    }

    // What recordings copy as it lies in memory: whoever changes it raises TraceFormat.Version.
    [Fact]
    public void The_arrays_that_recordings_copy_have_version_1s_layout() =>
        Assert.Equal((64, 24, 28, 72), (Unsafe.SizeOf<TileNode>(), Unsafe.SizeOf<TileLinks>(), Unsafe.SizeOf<ContentRecord>(), Unsafe.SizeOf<Orientation>()));

    private static byte[] Record()
    {
        var world = Recorded(out var recorder);
        world.DeliverAll();
        world.Inbox.Post(new() { Kind = InboxKind.MemoryPressure });
        world.Streamer.EnabledFamilies = FamilySet.All.Without(ContentFamily.Label);
        world.Streamer.MemoryBudgetBytes /= 2;
        world.Settle();
        return Save(recorder);
    }

    private static HandDrivenWorld Recorded(out TraceRecorder recorder, StreamerOptions? options = null, Func<string, string>? uriOf = null, long limit = long.MaxValue)
    {
        recorder = new(limit);
        return new(Tiles, options, uriOf, recorder);
    }

    private static byte[] Save(TraceRecorder recorder)
    {
        var file = new MemoryStream();
        recorder.Save(file);
        return file.ToArray();
    }

    private static byte[] Unpack(byte[] packed)
    {
        using var stream = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress);
        var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }

    private static byte[] Pack(ReadOnlySpan<byte> bytes)
    {
        var packed = new MemoryStream();
        using (var stream = new GZipStream(packed, CompressionLevel.Fastest))
            stream.Write(bytes);
        return packed.ToArray();
    }

    private sealed class OwnPolicy : ISelectionPolicy
    {
        public void Select(TileTree tree, ReadOnlySpan<View> views, in SelectionInputs inputs, VisibilitySet set) => throw new NotSupportedException();
    }
}
