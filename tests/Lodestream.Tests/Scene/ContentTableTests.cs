using FsCheck;
using FsCheck.Fluent;
using Lodestream.Scene;

namespace Lodestream.Tests.Scene;

public class ContentTableTests
{
    [Fact]
    public void The_table_agrees_with_a_dictionary_however_hashes_collide() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll<int[]>(Run));

    // Few hashes that are equal modulo the table's first sizes: long runs, wrapped around the end, with removals in their middle.
    private static void Run(int[] steps)
    {
        var table = new ContentTable(new());
        var references = new Dictionary<ulong, (int Content, int Count)>();
        foreach (var step in steps)
        {
            var hash = (ulong)(Math.Abs((long)step) % 40 * 32 + 31);
            if (step >= 0)
            {
                var content = table.Add(new() { ByteLength = (uint)hash }, hash, out var shared);
                Assert.Equal(references.ContainsKey(hash), shared);
                Assert.True(!shared || references[hash].Content == content);
                references[hash] = (content, shared ? references[hash].Count + 1 : 1);
            }
            else if (references.TryGetValue(hash, out var known))
            {
                table.Release(known.Content);
                if (known.Count == 1)
                    references.Remove(hash);
                else
                    references[hash] = (known.Content, known.Count - 1);
            }
            foreach (var (key, (content, _)) in references)
            {
                Assert.Equal(key, table.Key(content));
                Assert.Equal((uint)key, table.Records[content].ByteLength);
            }
        }
        foreach (var (key, (content, _)) in references)
        {
            Assert.Equal(content, table.Add(new(), key, out var shared));
            Assert.True(shared);
        }
    }
}
