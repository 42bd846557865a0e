using System.Buffers.Binary;
using System.Text;

namespace Lodestream.Formats.Metadata;

/// <summary>
/// Turns what is stored of a property into what it means: normalizes, scales and offsets numbers, names enum values, puts the default
/// where there is no data. Property tables, property textures and property attributes store the same little-endian bytes.
/// </summary>
public sealed class PropertyDecoder
{
    private readonly double[] _offset, _scale;
    private readonly MetadataValue _noData, _default;

    /// <summary>Makes a decoder.</summary>
    /// <param name="property">The class's property.</param>
    /// <param name="offset">Offsets that a table, texture or attribute gives instead of the class's; null or empty for the class's.</param>
    /// <param name="scale">Scales, likewise.</param>
    public PropertyDecoder(MetadataProperty property, double[]? offset = null, double[]? scale = null)
    {
        ArgumentNullException.ThrowIfNull(property);
        Property = property;
        _offset = offset is { Length: > 0 } ? offset : property.Offset;
        _scale = scale is { Length: > 0 } ? scale : property.Scale;
        (_noData, _default) = (property.NoData, property.Default);
    }

    /// <summary>The property.</summary>
    public MetadataProperty Property { get; }

    /// <summary>The value where nothing is stored: the class's default, or none.</summary>
    public MetadataValue Missing => _default;

    /// <summary>Whether what is stored is what it means: nothing stands for no data, nothing is stretched.</summary>
    internal bool IsVerbatim => _noData.IsNone && !Property.IsNormalized && _offset.Length == 0 && _scale.Length == 0;

    /// <summary>Decodes one value of numbers or enum values.</summary>
    /// <param name="bytes">The value's elements, little-endian, without padding: <see cref="MetadataProperty.ElementBytes"/> each.</param>
    /// <returns>What it means; none where the bytes are too few, or the property is of text or booleans.</returns>
    public MetadataValue Decode(ReadOnlySpan<byte> bytes)
    {
        var size = Property.ElementBytes;
        var count = Property.IsArray && Property.Count == 0 && size > 0 ? bytes.Length / size : Math.Max(1, Property.Count);
        if (size == 0 || (long)count * size > bytes.Length)
            return default;
        if (!Property.IsArray)
            return Finish(Element(bytes[..size]));
        var elements = new MetadataValue[count];
        for (var i = 0; i < count; i++)
            elements[i] = Element(bytes.Slice(i * size, size));
        return Finish(MetadataValue.OfArray(elements));
    }

    /// <summary>What a value as it is stored means: the default where it is the one that stands for no data, else stretched.</summary>
    /// <param name="stored">The value as it is stored, or as JSON writes it.</param>
    public MetadataValue Finish(MetadataValue stored)
    {
        if (stored.IsNone || (!_noData.IsNone && stored == _noData))
            return _default;
        if (!Property.IsNormalized && _offset.Length == 0 && _scale.Length == 0)
            return stored;
        var at = 0;
        return Stretch(stored, ref at);
    }

    internal MetadataValue Element(ReadOnlySpan<byte> bytes)
    {
        if (Property.Type == MetadataType.Enum)
        {
            var value = (long)Integer(bytes, Property.ComponentType);
            return MetadataValue.OfEnum(value, Property.Enum?.NameOf(value));
        }
        var isInteger = MetadataTypes.IsInteger(Property.ComponentType);
        if (Property.Type == MetadataType.Scalar)
            return isInteger ? MetadataValue.Of(Integer(bytes, Property.ComponentType)) : MetadataValue.Of(Float(bytes, Property.ComponentType));
        var size = MetadataTypes.ByteLength(Property.ComponentType);
        var components = new double[Property.ComponentCount];
        for (var i = 0; i < components.Length; i++)
        {
            var component = bytes.Slice(i * size, size);
            components[i] = isInteger ? (double)Integer(component, Property.ComponentType) : Float(component, Property.ComponentType);
        }
        return MetadataValue.OfComponents(components);
    }

    internal static Int128 Integer(ReadOnlySpan<byte> bytes, MetadataComponentType type) => type switch
    {
        MetadataComponentType.Int8 => (sbyte)bytes[0],
        MetadataComponentType.UInt8 => bytes[0],
        MetadataComponentType.Int16 => BinaryPrimitives.ReadInt16LittleEndian(bytes),
        MetadataComponentType.UInt16 => BinaryPrimitives.ReadUInt16LittleEndian(bytes),
        MetadataComponentType.Int32 => BinaryPrimitives.ReadInt32LittleEndian(bytes),
        MetadataComponentType.UInt32 => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
        MetadataComponentType.Int64 => BinaryPrimitives.ReadInt64LittleEndian(bytes),
        MetadataComponentType.UInt64 => BinaryPrimitives.ReadUInt64LittleEndian(bytes),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "This is no type of integers."),
    };

    // Text that is not UTF-8 shows as such.
    internal static MetadataValue Text(ReadOnlySpan<byte> bytes) => MetadataValue.Of(Encoding.UTF8.GetString(bytes));

    internal static double Float(ReadOnlySpan<byte> bytes, MetadataComponentType type) => type == MetadataComponentType.Float32
        ? BinaryPrimitives.ReadSingleLittleEndian(bytes)
        : BinaryPrimitives.ReadDoubleLittleEndian(bytes);

    // Factors are given per component of all elements of an array of fixed length.
    private MetadataValue Stretch(MetadataValue stored, ref int at)
    {
        switch (stored.Kind)
        {
            case MetadataKind.Integer or MetadataKind.Number:
                return MetadataValue.Of(Stretch(stored.Number, at++));
            case MetadataKind.Components:
                var components = stored.Components.ToArray();
                for (var i = 0; i < components.Length; i++)
                    components[i] = Stretch(components[i], at++);
                return MetadataValue.OfComponents(components);
            case MetadataKind.Array:
                var elements = stored.Elements.ToArray();
                for (var i = 0; i < elements.Length; i++)
                    elements[i] = Stretch(elements[i], ref at);
                return MetadataValue.OfArray(elements);
            default:
                return stored;
        }
    }

    private double Stretch(double value, int at)
    {
        if (Property.IsNormalized)
            value = Math.Max(-1, value / Greatest(Property.ComponentType));
        if (_scale.Length > 0)
            value *= _scale[at % _scale.Length];
        return _offset.Length > 0 ? value + _offset[at % _offset.Length] : value;
    }

    // What stands for 1.
    private static double Greatest(MetadataComponentType type) => type switch
    {
        MetadataComponentType.Int8 => sbyte.MaxValue,
        MetadataComponentType.UInt8 => byte.MaxValue,
        MetadataComponentType.Int16 => short.MaxValue,
        MetadataComponentType.UInt16 => ushort.MaxValue,
        MetadataComponentType.Int32 => int.MaxValue,
        MetadataComponentType.UInt32 => uint.MaxValue,
        MetadataComponentType.Int64 => long.MaxValue,
        MetadataComponentType.UInt64 => ulong.MaxValue,
        _ => 1,
    };
}
