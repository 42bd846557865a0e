using System.Diagnostics.CodeAnalysis;

namespace Lodestream.Formats.Metadata;

/// <summary>The bytes of a column of a property table.</summary>
/// <param name="values">The elements: numbers, bits of booleans, characters of texts.</param>
/// <param name="arrayOffsets">Where each row's array begins, in elements; empty where arrays are of fixed length.</param>
/// <param name="stringOffsets">Where each text begins, in bytes; empty where there are none.</param>
public readonly ref struct ColumnBytes(ReadOnlySpan<byte> values, ReadOnlySpan<byte> arrayOffsets = default, ReadOnlySpan<byte> stringOffsets = default)
{
    /// <summary>The elements.</summary>
    public ReadOnlySpan<byte> Values { get; } = values;

    /// <summary>Where each row's array begins.</summary>
    public ReadOnlySpan<byte> ArrayOffsets { get; } = arrayOffsets;

    /// <summary>Where each text begins.</summary>
    public ReadOnlySpan<byte> StringOffsets { get; } = stringOffsets;
}

/// <summary>
/// A property table as its JSON describes it: a class, a number of rows, and for each property the buffer views with its values. Read
/// by <see cref="PropertyTableReader"/>; the bytes are the caller's.
/// </summary>
public sealed class PropertyTable
{
    private readonly Dictionary<string, PropertyColumn> _byProperty = new(StringComparer.Ordinal);

    internal PropertyTable(string? name, MetadataClass @class, int count, IReadOnlyList<PropertyColumn> columns)
    {
        (Name, Class, Count, Columns) = (name, @class, count, columns);
        foreach (var column in columns)
            _byProperty.TryAdd(column.Property.Id, column);
    }

    /// <summary>Name for people.</summary>
    public string? Name { get; }

    /// <summary>The class of its rows.</summary>
    public MetadataClass Class { get; }

    /// <summary>Number of rows.</summary>
    public int Count { get; }

    /// <summary>The columns; properties of the class without one have their default in every row.</summary>
    public IReadOnlyList<PropertyColumn> Columns { get; }

    /// <summary>The column of a property.</summary>
    public bool TryFind(string property, [NotNullWhen(true)] out PropertyColumn? column) => _byProperty.TryGetValue(property, out column);

    /// <summary>The column with a semantic.</summary>
    public bool TryFindSemantic(string semantic, [NotNullWhen(true)] out PropertyColumn? column) =>
        (column = Columns.FirstOrDefault(c => c.Property.Semantic == semantic)) is not null;
}

/// <summary>A column of a property table: where its bytes are and how to read them.</summary>
public sealed class PropertyColumn
{
    internal PropertyColumn(MetadataProperty property, int rows, double[] offset, double[] scale)
    {
        (Property, Rows) = (property, rows);
        Decoder = new(property, offset, scale);
    }

    /// <summary>The class's property.</summary>
    public MetadataProperty Property { get; }

    /// <summary>Number of rows.</summary>
    public int Rows { get; }

    /// <summary>Decodes its elements.</summary>
    public PropertyDecoder Decoder { get; }

    /// <summary>Buffer view of the values.</summary>
    public int ValuesView { get; internal init; } = -1;

    /// <summary>Buffer view of the arrays' offsets; −1 where there is none.</summary>
    public int ArrayOffsetsView { get; internal init; } = -1;

    /// <summary>Buffer view of the texts' offsets; −1 where there is none.</summary>
    public int StringOffsetsView { get; internal init; } = -1;

    /// <summary>How the arrays' offsets are stored.</summary>
    public MetadataComponentType ArrayOffsetType { get; internal init; } = MetadataComponentType.UInt32;

    /// <summary>How the texts' offsets are stored.</summary>
    public MetadataComponentType StringOffsetType { get; internal init; } = MetadataComponentType.UInt32;

    /// <summary>Looks whether the bytes suffice and the offsets rise: after this every row can be read.</summary>
    /// <param name="bytes">The column's bytes.</param>
    /// <returns>What is wrong, naming the property; null when all is well.</returns>
    public string? Check(in ColumnBytes bytes) => MessageText.Line(FaultIn(bytes));

    private string? FaultIn(in ColumnBytes bytes)
    {
        long elements = Rows;
        if (Property.HasVariableLength)
        {
            if (CheckOffsets(bytes.ArrayOffsets, ArrayOffsetType, Rows, "arrayOffsets", out elements) is { } wrong)
                return wrong;
        }
        else if (Property.IsArray)
        {
            elements *= Property.Count;
        }

        // No more than 2⁶² elements; with bytes of each a product that fits nowhere.
        if (elements > bytes.Values.Length * 8L && Property.Type != MetadataType.String)
            return $"properties.{Property.Id}: its values are {elements} elements, its buffer view has {bytes.Values.Length} bytes";
        var needed = elements * Property.ElementBytes;
        if (Property.Type == MetadataType.Boolean)
            needed = (elements + 7) / 8;
        else if (Property.Type == MetadataType.String && CheckOffsets(bytes.StringOffsets, StringOffsetType, elements, "stringOffsets", out needed) is { } wrong)
            return wrong;
        return needed <= bytes.Values.Length ? null : $"properties.{Property.Id}: its values take {needed} bytes, its buffer view has {bytes.Values.Length}";
    }

    /// <summary>Reads a row.</summary>
    /// <param name="row">Number of the row.</param>
    /// <param name="bytes">The column's bytes, which <see cref="Check"/> found to be sound.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row, or the bytes were not checked and are too few.</exception>
    public MetadataValue Read(int row, in ColumnBytes bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, Rows);
        long first = row, count = 1;
        if (Property.HasVariableLength)
        {
            first = OffsetAt(bytes.ArrayOffsets, ArrayOffsetType, row);
            count = OffsetAt(bytes.ArrayOffsets, ArrayOffsetType, row + 1L) - first;
        }
        else if (Property.IsArray)
        {
            (first, count) = ((long)row * Property.Count, Property.Count);
        }
        if (!Property.IsArray)
            return Decoder.Finish(Element(first, bytes));
        var elements = new MetadataValue[count];
        for (var i = 0; i < count; i++)
            elements[i] = Element(first + i, bytes);
        return Decoder.Finish(MetadataValue.OfArray(elements));
    }

    /// <summary>Reads a row of floating-point numbers without making values of them: subtrees have one or more for every tile.</summary>
    /// <param name="row">Number of the row.</param>
    /// <param name="bytes">The column's bytes, which <see cref="Check"/> found to be sound.</param>
    /// <param name="into">Room for as many numbers as a row has.</param>
    /// <returns>Whether the row is such numbers, as many as there is room for, and they mean what is stored.</returns>
    internal bool TryReadNumbers(int row, in ColumnBytes bytes, Span<double> into)
    {
        if (Property.Type != MetadataType.Scalar || Property.HasVariableLength || into.Length != (Property.IsArray ? Property.Count : 1) || !Decoder.IsVerbatim)
            return false;
        if (Property.ComponentType is not (MetadataComponentType.Float32 or MetadataComponentType.Float64))
            return false;
        var size = Property.ElementBytes;
        var stored = bytes.Values.Slice(row * into.Length * size, into.Length * size);
        for (var i = 0; i < into.Length; i++)
            into[i] = PropertyDecoder.Float(stored[(i * size)..], Property.ComponentType);
        return true;
    }

    private MetadataValue Element(long element, in ColumnBytes bytes)
    {
        switch (Property.Type)
        {
            case MetadataType.Boolean:
                return MetadataValue.Of((bytes.Values[(int)(element >> 3)] >> (int)(element & 7) & 1) != 0);
            case MetadataType.String:
                var start = OffsetAt(bytes.StringOffsets, StringOffsetType, element);
                return PropertyDecoder.Text(bytes.Values[(int)start..(int)OffsetAt(bytes.StringOffsets, StringOffsetType, element + 1)]);
            default:
                return Decoder.Element(bytes.Values.Slice((int)(element * Property.ElementBytes), Property.ElementBytes));
        }
    }

    // One offset more than there are things; the last one is where they end.
    private string? CheckOffsets(ReadOnlySpan<byte> offsets, MetadataComponentType type, long count, string name, out long end)
    {
        end = 0;
        var size = MetadataTypes.ByteLength(type);
        if (count >= offsets.Length / size)
            return $"properties.{Property.Id}: its {name} take {(count + 1) * (decimal)size} bytes, their buffer view has {offsets.Length}";
        for (var i = 0L; i <= count; i++)
        {
            var offset = OffsetAt(offsets, type, i);
            if (offset < end || offset > int.MaxValue)
                return $"properties.{Property.Id}: {name}[{i}] is {offset}, after {end}";
            end = offset;
        }
        return null;
    }

    private static long OffsetAt(ReadOnlySpan<byte> offsets, MetadataComponentType type, long index)
    {
        var size = MetadataTypes.ByteLength(type);
        var offset = PropertyDecoder.Integer(offsets.Slice((int)(index * size), size), type);
        return offset > long.MaxValue ? long.MaxValue : (long)offset;
    }
}
