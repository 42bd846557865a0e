using System.Text.Json;
using Lodestream.Formats.Gltf;
using Lodestream.Formats.Metadata;

namespace Lodestream.Formats.Legacy;

/// <summary>Classes of features and their parents (3DTILES_batch_table_hierarchy): instances, of which the first are the features themselves.</summary>
internal sealed class BatchHierarchy
{
    private readonly List<(string Name, BatchColumns Columns)> _classes;
    private readonly int[] _classIds, _numberInClass, _parentsFrom, _parents;

    private BatchHierarchy(List<(string, BatchColumns)> classes, int[] classIds, int[] numberInClass, int[] parentsFrom, int[] parents) =>
        (_classes, _classIds, _numberInClass, _parentsFrom, _parents) = (classes, classIds, numberInClass, parentsFrom, parents);

    /// <summary>Reads the extension.</summary>
    /// <param name="json">Begins with its object.</param>
    /// <param name="binary">The batch table's binary part.</param>
    /// <param name="error">What is wrong; null when nothing is.</param>
    /// <exception cref="JsonException">The text is not valid JSON.</exception>
    public static BatchHierarchy? Read(ReadOnlyMemory<byte> json, ReadOnlyMemory<byte> binary, out string? error)
    {
        var count = CountOf(json.Span);

        // Every instance has an id of at least one byte: more than there are bytes are not there.
        if (count < 0 || count > json.Length + binary.Length)
        {
            error = "its batch table's hierarchy has no usable instancesLength";
            return null;
        }
        var classes = new List<(string, BatchColumns)>();
        int[]? classIds = null, parentCounts = null;
        var parentsAt = -1;
        error = null;
        var walker = new JsonWalker(json.Span);
        walker.EnterObject();
        while (error is null && walker.NextProperty())
        {
            if (walker.Is("classes"u8))
                error = ReadClasses(ref walker, json, binary, classes);
            else if (walker.Is("classIds"u8))
                classIds = BatchColumns.Integers(ref walker, binary, count);
            else if (walker.Is("parentCounts"u8))
                parentCounts = BatchColumns.Integers(ref walker, binary, count);
            else if (walker.Is("parentIds"u8))
            {
                _ = walker.IsArrayNext;
                parentsAt = (int)walker.Offset;
                walker.SkipValue();
            }
            else
                walker.SkipValue();
        }
        if (error is null && (classIds is null || classIds.Take(count).Any(c => (uint)c >= (uint)classes.Count)))
            error = "its batch table's hierarchy has no usable classIds";
        return error is null ? Link(classes, classIds!, parentCounts, parentsAt < 0 ? default : json[parentsAt..], binary, count, out error) : null;
    }

    /// <summary>Adds what a feature's class and its parents' classes say, nearest first. A name that is there already stays as it is.</summary>
    public void AddTo(List<KeyValuePair<string, MetadataValue>> row, int id)
    {
        var names = row.Select(property => property.Key).ToHashSet(StringComparer.Ordinal);
        var seen = new HashSet<int>();
        var queue = new Queue<int>([id]);
        while (queue.TryDequeue(out var instance))
        {
            if ((uint)instance >= (uint)_numberInClass.Length || !seen.Add(instance))
                continue;
            var (className, columns) = _classes[_classIds[instance]];
            if (names.Add("class"))
                row.Add(new("class", MetadataValue.Of(className)));
            foreach (var name in columns.Names)
            {
                if (names.Add(name))
                    row.Add(new(name, columns.Value(name, _numberInClass[instance])));
            }
            for (var i = _parentsFrom[instance]; i < _parentsFrom[instance + 1]; i++)
                queue.Enqueue(_parents[i]);
        }
    }

    private static int CountOf(ReadOnlySpan<byte> json)
    {
        var walker = new JsonWalker(json);
        var count = -1;
        if (!walker.EnterObject())
            return count;
        while (walker.NextProperty())
        {
            if (walker.Is("instancesLength"u8))
                count = walker.Integer(-1);
            else
                walker.SkipValue();
        }
        return count;
    }

    private static string? ReadClasses(ref JsonWalker walker, ReadOnlyMemory<byte> json, ReadOnlyMemory<byte> binary, List<(string, BatchColumns)> classes)
    {
        if (!walker.EnterArray())
            return null;
        while (walker.NextObject())
        {
            var name = "";
            int length = 0, instancesAt = -1;
            while (walker.NextProperty())
            {
                if (walker.Is("name"u8))
                    name = walker.String() ?? "";
                else if (walker.Is("length"u8))
                    length = walker.Integer(0);
                else
                {
                    if (walker.Is("instances"u8))
                    {
                        _ = walker.IsObjectNext;
                        instancesAt = (int)walker.Offset;
                    }
                    walker.SkipValue();
                }
            }
            if (instancesAt < 0)
                return $"its batch table's hierarchy has a class {name} without instances";
            var columns = BatchColumns.Read(json[instancesAt..], binary, Math.Max(0, length), out _, out var error);
            if (error is not null)
                return error;
            classes.Add((name, columns));
        }
        return null;
    }

    private static BatchHierarchy? Link(
        List<(string, BatchColumns)> classes, int[] classIds, int[]? parentCounts, ReadOnlyMemory<byte> parentIds, ReadOnlyMemory<byte> binary, int count, out string? error)
    {
        error = null;
        var numberInClass = new int[count];
        var inClass = new int[classes.Count];
        for (var i = 0; i < count; i++)
            numberInClass[i] = inClass[classIds[i]]++;
        var parentsFrom = new int[count + 1];
        long sum = 0;
        for (var i = 0; i < count; i++)
        {
            sum += parentIds.IsEmpty ? 0 : Math.Max(0, parentCounts?[i] ?? 1);
            parentsFrom[i + 1] = (int)Math.Min(sum, int.MaxValue);
        }
        if (sum == 0)
            return new(classes, classIds, numberInClass, parentsFrom, []);
        int[]? parents = null;
        if (sum <= parentIds.Length + binary.Length)
        {
            var walker = new JsonWalker(parentIds.Span);
            parents = BatchColumns.Integers(ref walker, binary, (int)sum);
        }
        if (parents is not null)
            return new(classes, classIds, numberInClass, parentsFrom, parents);
        error = "its batch table's hierarchy has no usable parentIds";
        return null;
    }
}
