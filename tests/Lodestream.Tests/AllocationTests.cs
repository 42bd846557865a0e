using Lodestream.Diagnostics;
using Lodestream.Selection;
using Lodestream.Simulation.Scenes;
using Lodestream.Tests.Harness;

namespace Lodestream.Tests;

/// <summary>In steady state a frame allocates nothing: neither while the camera stands nor while it flies over what is there.</summary>
public class AllocationTests
{
    [Fact]
    public void A_still_camera_s_ticks_allocate_nothing()
    {
        var world = Settled();
        Assert.Equal(0, AllocatedBy(world, 50));
    }

    [Fact]
    public void A_recorded_still_camera_s_ticks_allocate_no_more_than_a_piece_of_the_recording()
    {
        var world = Settled(new());
        Assert.InRange(AllocatedBy(world, 500), 0, 70_000);
    }

    [BenchFlightFact]
    public void Flying_over_what_is_there_allocates_nothing()
    {
        var flight = BenchFlight.Read();
        var world = Settled();
        var views = Enumerable.Range(0, flight.Poses.Count).Select(pose => flight.At(pose)).ToArray();

        // Once to bring everything and to let buffers grow, once for what a second pass still has to learn.
        for (var pass = 0; pass < 3; pass++)
        {
            foreach (var view in views)
            {
                world.Views[0] = view;
                world.Now += TimeSpan.FromSeconds(1 / 60.0);
                world.DeliverAll();
            }
        }
        world.IsRecording = false;
        var before = GC.GetAllocatedBytesForCurrentThread();
        foreach (var view in views)
        {
            world.Now += TimeSpan.FromSeconds(1 / 60.0);
            world.Views[0] = view;
            world.Streamer.Tick(world.Now, world.Views);
        }
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(world.Streamer.Statistics.Settled);
        Assert.Equal(0, allocated);
    }

    [Fact]
    public void Walking_about_a_city_that_is_there_allocates_nothing()
    {
        var world = new HandDrivenWorld(new SyntheticCity(400).Build(), HandDrivenWorld.Plain with { UploadBudgetMs = 1e6, Proximity = new() });
        var views = Enumerable.Range(0, 120).Select(i => ManifestSpec.Eye(-60 + i, 5, 10)).ToArray();

        // To and fro, so that tiles come, go and change their representation on the way; then a few steps, on which nothing does.
        for (var pass = 0; pass < 4; pass++)
        {
            foreach (var view in pass % 2 == 0 ? views : views.Reverse())
            {
                world.Views[0] = view;
                world.Now += TimeSpan.FromSeconds(1 / 60.0);
                world.DeliverAll();
            }
        }
        for (var i = 0; i < 3; i++)
        {
            world.Pass(10);
            world.DeliverAll();
        }
        var steps = Enumerable.Range(0, 100).Select(i => ManifestSpec.Eye(-60 + i % 10 * 0.02, 5, 10)).ToArray();
        Walk(world, steps);
        var requested = world.Streamer.Statistics.Requested;
        world.IsRecording = false;
        var before = GC.GetAllocatedBytesForCurrentThread();
        Walk(world, steps);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal(requested, world.Streamer.Statistics.Requested);
        Assert.True(world.Streamer.Selection.PrimaryCount > 100);
        Assert.Equal(0, allocated);
    }

    private static void Walk(HandDrivenWorld world, View[] steps)
    {
        foreach (var step in steps)
        {
            world.Now += TimeSpan.FromSeconds(1 / 60.0);
            world.Views[0] = step;
            world.Streamer.Tick(world.Now, world.Views);
        }
    }

    private static HandDrivenWorld Settled(TraceRecorder? recorder = null)
    {
        var world = new HandDrivenWorld(new SyntheticQuadtree(6).Build(), HandDrivenWorld.Plain with { UploadBudgetMs = 1e6 }, recorder);
        world.DeliverAll();
        Assert.True(world.Streamer.Statistics.Settled);
        return world;
    }

    private static long AllocatedBy(HandDrivenWorld world, int ticks)
    {
        for (var i = 0; i < 50; i++)
            world.Tick();
        world.IsRecording = false;
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < ticks; i++)
        {
            world.Now += TimeSpan.FromSeconds(1 / 60.0);
            world.Streamer.Tick(world.Now, world.Views);
        }
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
