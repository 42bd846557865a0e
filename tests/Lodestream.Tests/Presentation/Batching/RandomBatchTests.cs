using FsCheck;
using FsCheck.Fluent;
using Lodestream.Presentation.Batching;
using static Lodestream.Tests.Presentation.Batching.BatchedScreen;

namespace Lodestream.Tests.Presentation.Batching;

/// <summary>
/// Contents that come and go, and a builder that answers when and in what order it likes, or fails. What must hold after every tick is
/// checked by <see cref="BatchedScreen"/>.
/// </summary>
public class RandomBatchTests
{
    private static readonly BatchOptions Tight = new()
    {
        CellsPerTick = 3, BuildsPerTick = 2, SwapsPerTick = 1, VerticesPerTick = 700, IndicesPerTick = 1100, BytesPerTick = 30_000,
        CellVertices = 1500, CellIndices = 2200, CellBytes = 60_000, MemoryBytes = 60_000,
    };

    [Fact]
    public void Whatever_happens_every_mesh_is_drawn_exactly_once_and_no_budget_is_exceeded() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(300), Prop.ForAll(ArbMap.Default.ArbFor<int[]>(), ArbMap.Default.ArbFor<bool>(), (steps, tight) =>
        {
            var screen = new BatchedScreen(tight ? Tight : new());
            foreach (var step in Longer(steps))
                Do(screen, step);
            screen.Settle();
        }));

    [Fact]
    public void When_nothing_changes_any_more_everything_that_can_be_merged_is() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(200), Prop.ForAll(ArbMap.Default.ArbFor<int[]>(), steps =>
        {
            var screen = new BatchedScreen();
            var groups = new Dictionary<int, (int Cell, int[] Materials)>();
            foreach (var step in Longer(steps))
            {
                Do(screen, step, failures: false);
                var (content, cell, materials) = Decode(step);
                if (step % 4 == 1)
                    groups.Remove(content);
                else if (step % 4 == 0)
                    groups.TryAdd(content, (cell, materials));
            }
            screen.Settle();
            var sizes = groups.Values.SelectMany(content => content.Materials.Select(material => (content.Cell, material))).GroupBy(key => key);
            Assert.Equal(sizes.Count(), screen.Calls);
        }));

    // Lists are short where a test begins; the interesting things take many steps.
    private static IEnumerable<int> Longer(int[] steps) => steps.SelectMany((step, i) => Enumerable.Range(0, 8).Select(k => Math.Abs((int)unchecked(((long)step * 31 + i * 7 + k) * 2654435761 % 100_003))));

    private static (int Content, int Cell, int[] Materials) Decode(int step)
    {
        var content = step / 4 % 13;
        return (content, content % 5, [.. Enumerable.Range(0, 1 + content % 4).Select(i => (content + i) % 2)]);
    }

    private static readonly System.Runtime.CompilerServices.ConditionalWeakTable<BatchedScreen, HashSet<int>> Placed = [];

    private static void Do(BatchedScreen screen, int step, bool failures = true)
    {
        var placed = Placed.GetOrCreateValue(screen);
        var (content, cell, materials) = Decode(step);
        switch (step % 4)
        {
            case 0 when placed.Add(content):
                screen.Place(content, At(cell), [.. materials.Select(material => Mesh(material))], whole: step % 8 == 0);
                break;
            case 1 when placed.Remove(content):
                screen.Remove(content);
                break;
            case 2 when screen.Open is { Length: > 0 } open && failures && step % 7 == 0:
                screen.Fail(open[step % open.Length]);
                break;
            case 2 when screen.Open is { Length: > 0 } open:
                screen.Build(open[step % open.Length]);
                break;
            default:
                screen.Tick();
                break;
        }
    }
}
