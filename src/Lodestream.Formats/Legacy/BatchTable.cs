using System.Text.Json;
using Lodestream.Formats.Gltf;
using Lodestream.Formats.Metadata;
using Lodestream.Formats.Preparing;

namespace Lodestream.Formats.Legacy;

/// <summary>
/// Properties of the features of a 3D Tiles 1.0 content, by batch id: from JSON, from the binary part, and from classes of features
/// and their parents (3DTILES_batch_table_hierarchy). Values are read when they are asked for.
/// </summary>
public sealed class BatchTable
{
    private readonly BatchColumns _columns;
    private readonly BatchHierarchy? _hierarchy;

    private BatchTable(BatchColumns columns, BatchHierarchy? hierarchy, int length) => (_columns, _hierarchy, Length) = (columns, hierarchy, length);

    /// <summary>Number of features.</summary>
    public int Length { get; }

    /// <summary>Names of the properties that every feature has.</summary>
    public IReadOnlyCollection<string> Properties => _columns.Names;

    /// <summary>Reads a batch table.</summary>
    /// <param name="payload">The content.</param>
    /// <param name="ranges">Where the table lies in it.</param>
    /// <param name="error">What is wrong with it; null when nothing is.</param>
    /// <returns>The table; null where there is none, or it is broken.</returns>
    public static BatchTable? Read(ReadOnlyMemory<byte> payload, BatchTableRanges ranges, out string? error)
    {
        error = null;
        return ranges.Json.Length == 0 ? null
            : Read(payload.Slice(ranges.Json.Offset, ranges.Json.Length), payload.Slice(ranges.Binary.Offset, ranges.Binary.Length), ranges.Length, out error);
    }

    /// <summary>Reads a batch table.</summary>
    /// <param name="json">Its JSON; the table keeps it.</param>
    /// <param name="binary">Its binary part; the table keeps it.</param>
    /// <param name="length">Number of features.</param>
    /// <param name="error">What is wrong with it; null when nothing is.</param>
    /// <returns>The table; null where it is broken.</returns>
    public static BatchTable? Read(ReadOnlyMemory<byte> json, ReadOnlyMemory<byte> binary, int length, out string? error)
    {
        try
        {
            var columns = BatchColumns.Read(json, binary, length, out var hierarchyAt, out error);
            var hierarchy = error is not null || hierarchyAt < 0 ? null : BatchHierarchy.Read(json[hierarchyAt..], binary, out error);
            error = MessageText.Line(error);
            return error is null ? new(columns, hierarchy, length) : null;
        }
        catch (JsonException e)
        {
            error = MessageText.Line($"its batch table is not valid JSON: {MessageText.ReasonOf(e)}");
            return null;
        }
    }

    /// <summary>All properties of a feature: its own, then those of its classes, its own class first.</summary>
    /// <param name="id">The batch id; one beyond the table has none.</param>
    public IReadOnlyList<KeyValuePair<string, MetadataValue>> Row(int id)
    {
        var row = new List<KeyValuePair<string, MetadataValue>>();
        if (id < 0 || id >= Length)
            return row;
        foreach (var name in _columns.Names)
            row.Add(new(name, _columns.Value(name, id)));
        _hierarchy?.AddTo(row, id);
        return row;
    }

    /// <summary>A property of a feature; none where it has no such property.</summary>
    public MetadataValue Value(string property, int id)
    {
        foreach (var (name, value) in Row(id))
        {
            if (name == property)
                return value;
        }
        return default;
    }
}
