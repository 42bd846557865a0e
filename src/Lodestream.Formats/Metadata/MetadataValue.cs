using System.Globalization;
using System.Text.Json;

namespace Lodestream.Formats.Metadata;

/// <summary>What a <see cref="MetadataValue"/> holds.</summary>
public enum MetadataKind : byte
{
    /// <summary>No value.</summary>
    None,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>An integer, exact.</summary>
    Integer,

    /// <summary>A number.</summary>
    Number,

    /// <summary>Text.</summary>
    Text,

    /// <summary>An enum's value with its name.</summary>
    Enum,

    /// <summary>Several numbers: a vector, or a matrix column by column.</summary>
    Components,

    /// <summary>An array of values.</summary>
    Array,
}

/// <summary>The value of a property of an entity. Equal where kind and content are.</summary>
public readonly struct MetadataValue : IEquatable<MetadataValue>
{
    private readonly Int128 _integer;
    private readonly double _number;
    private readonly object? _content;

    private MetadataValue(MetadataKind kind, Int128 integer, double number, object? content) =>
        (Kind, _integer, _number, _content) = (kind, integer, number, content);

    /// <summary>What it holds.</summary>
    public MetadataKind Kind { get; }

    /// <summary>Whether there is no value.</summary>
    public bool IsNone => Kind == MetadataKind.None;

    /// <summary>Whether it is a boolean that is true.</summary>
    public bool IsTrue => Kind == MetadataKind.Boolean && _integer != 0;

    /// <summary>An integer's or enum's value; 0 for anything else.</summary>
    public Int128 Integer => _integer;

    /// <summary>A number's, integer's or enum's value; NaN for anything else.</summary>
    public double Number => Kind switch
    {
        MetadataKind.Number => _number,
        MetadataKind.Integer or MetadataKind.Enum => (double)_integer,
        _ => double.NaN,
    };

    /// <summary>Text, or an enum value's name; null for anything else, and for an enum value without name.</summary>
    public string? Text => _content as string;

    /// <summary>Components of a vector or matrix; empty for anything else.</summary>
    public ReadOnlySpan<double> Components => _content as double[];

    /// <summary>Elements of an array; empty for anything else.</summary>
    public ReadOnlySpan<MetadataValue> Elements => _content as MetadataValue[];

    /// <summary>A boolean.</summary>
    public static MetadataValue Of(bool value) => new(MetadataKind.Boolean, value ? 1 : 0, 0, null);

    /// <summary>An integer.</summary>
    public static MetadataValue Of(Int128 value) => new(MetadataKind.Integer, value, 0, null);

    /// <summary>A number.</summary>
    public static MetadataValue Of(double value) => new(MetadataKind.Number, 0, value, null);

    /// <summary>Text.</summary>
    public static MetadataValue Of(string text) => new(MetadataKind.Text, 0, 0, text);

    /// <summary>A value of an enum.</summary>
    /// <param name="value">The value.</param>
    /// <param name="name">Its name; null where the enum has none for it.</param>
    public static MetadataValue OfEnum(long value, string? name) => new(MetadataKind.Enum, value, 0, name);

    /// <summary>A vector or matrix; the array is kept.</summary>
    public static MetadataValue OfComponents(double[] components) => new(MetadataKind.Components, 0, 0, components);

    /// <summary>An array; it is kept.</summary>
    public static MetadataValue OfArray(MetadataValue[] elements) => new(MetadataKind.Array, 0, 0, elements);

    /// <summary>All numbers in it, in order: one, a vector's, or those of an array's elements.</summary>
    public double[] ToNumbers()
    {
        switch (Kind)
        {
            case MetadataKind.Components:
                return [.. Components];
            case MetadataKind.Array:
                var all = new List<double>();
                foreach (var element in Elements)
                    all.AddRange(element.ToNumbers());
                return [.. all];
            case MetadataKind.None or MetadataKind.Text or MetadataKind.Boolean:
                return [];
            default:
                return [Number];
        }
    }

    /// <summary>Writes the value as JSON; no value as null, numbers JSON has no word for as text.</summary>
    public void WriteTo(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        switch (Kind)
        {
            case MetadataKind.Boolean:
                writer.WriteBooleanValue(IsTrue);
                break;
            case MetadataKind.Integer:
                writer.WriteRawValue(_integer.ToString(CultureInfo.InvariantCulture));
                break;
            case MetadataKind.Number:
                WriteNumber(writer, _number);
                break;
            case MetadataKind.Text:
                writer.WriteStringValue(Text);
                break;
            case MetadataKind.Enum:
                writer.WriteStringValue(ToString());
                break;
            case MetadataKind.Components:
                writer.WriteStartArray();
                foreach (var component in Components)
                    WriteNumber(writer, component);
                writer.WriteEndArray();
                break;
            case MetadataKind.Array:
                writer.WriteStartArray();
                foreach (var element in Elements)
                    element.WriteTo(writer);
                writer.WriteEndArray();
                break;
            default:
                writer.WriteNullValue();
                break;
        }
    }

    /// <summary>The value for people: numbers as they read back, arrays in brackets.</summary>
    public override string ToString() => Kind switch
    {
        MetadataKind.None => "",
        MetadataKind.Boolean => IsTrue ? "true" : "false",
        MetadataKind.Integer => _integer.ToString(CultureInfo.InvariantCulture),
        MetadataKind.Number => _number.ToString(CultureInfo.InvariantCulture),
        MetadataKind.Text => Text!,
        MetadataKind.Enum => Text ?? _integer.ToString(CultureInfo.InvariantCulture),
        MetadataKind.Components => $"[{string.Join(", ", (_content as double[])!.Select(c => c.ToString(CultureInfo.InvariantCulture)))}]",
        _ => $"[{string.Join(", ", (_content as MetadataValue[])!.Select(e => e.ToString()))}]",
    };

    /// <inheritdoc/>
    public bool Equals(MetadataValue other) =>
        Kind == other.Kind && _integer == other._integer && _number.Equals(other._number) && Text == other.Text
        && Components.SequenceEqual(other.Components) && Elements.SequenceEqual(other.Elements);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is MetadataValue other && Equals(other);

#pragma warning disable RS0030 // Only finds values in tables, where its seed makes no difference: nothing is ordered by it.
    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, _integer, _number, Text, Components.Length, Elements.Length);
#pragma warning restore RS0030

    /// <summary>Whether two values are equal.</summary>
    public static bool operator ==(MetadataValue a, MetadataValue b) => a.Equals(b);

    /// <summary>Whether two values differ.</summary>
    public static bool operator !=(MetadataValue a, MetadataValue b) => !a.Equals(b);

    private static void WriteNumber(Utf8JsonWriter writer, double value)
    {
        if (double.IsFinite(value))
            writer.WriteNumberValue(value);
        else
            writer.WriteStringValue(value.ToString(CultureInfo.InvariantCulture));
    }
}
