using FsCheck;
using FsCheck.Fluent;
using Lodestream.Scene;

namespace Lodestream.Tests.Scene;

public class RangeAllocatorTests
{
    [Fact]
    public void Ranges_never_overlap_and_the_end_falls_back() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll<int[]>(Run));

    [Fact]
    public void A_gap_that_fits_is_filled_and_neighbouring_gaps_are_joined()
    {
        var allocator = new RangeAllocator();
        var a = allocator.Allocate(10);
        var b = allocator.Allocate(10);
        var c = allocator.Allocate(10);
        allocator.Allocate(10);
        allocator.Free(a, 10);
        allocator.Free(c, 10);
        allocator.Free(b, 10);
        Assert.Equal(a, allocator.Allocate(30));
    }

    // A positive number allocates so many, any other frees one of the ranges held.
    private static void Run(int[] steps)
    {
        var allocator = new RangeAllocator();
        var held = new List<(int First, int Count)>();
        var taken = new HashSet<int>();
        foreach (var step in steps)
        {
            if (step > 0)
            {
                var first = allocator.Allocate(step);
                for (var i = first; i < first + step; i++)
                    Assert.True(taken.Add(i), $"{i} was handed out twice");
                held.Add((first, step));
            }
            else if (held.Count > 0)
            {
                var (first, count) = held[-step % held.Count];
                held.RemoveAt(-step % held.Count);
                allocator.Free(first, count);
                taken.ExceptWith(Enumerable.Range(first, count));
            }
            Assert.Equal(taken.Count == 0 ? 0 : taken.Max() + 1, allocator.End);
        }
    }
}
