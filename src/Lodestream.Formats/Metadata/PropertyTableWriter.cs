using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Lodestream.Formats.Metadata;

/// <summary>
/// A property table (3D Metadata) to be written into a subtree or a glTF: columns of values for rows of one class. What it is written into
/// gives each column's bytes a buffer view.
/// </summary>
/// <param name="class">Identifier of the rows' class in the schema.</param>
/// <param name="count">Number of rows, 1 or more.</param>
public sealed class PropertyTableWriter(string @class, int count)
{
    private readonly List<Column> _columns = [];

    private readonly record struct Column(string Property, byte[] Values, byte[]? StringOffsets);

    /// <summary>Number of rows.</summary>
    public int Count => count;

    /// <summary>Adds numbers, vectors or arrays of fixed length, as they are stored: little-endian, row after row.</summary>
    /// <param name="property">Identifier of the property.</param>
    /// <param name="values">The components of all rows.</param>
    /// <exception cref="ArgumentException">The values are not a whole number of components for each row.</exception>
    public void AddNumbers<T>(string property, ReadOnlySpan<T> values)
        where T : unmanaged
    {
        if (!BitConverter.IsLittleEndian)
            throw new PlatformNotSupportedException("Property tables are little-endian; writing them on a big-endian machine is not supported.");
        if (values.Length == 0 || values.Length % count != 0)
            throw new ArgumentException($"Property {property} has {values.Length} components for {count} rows.", nameof(values));
        _columns.Add(new(property, MemoryMarshal.AsBytes(values).ToArray(), null));
    }

    /// <summary>Adds texts.</summary>
    /// <param name="property">Identifier of the property.</param>
    /// <param name="values">A text for each row.</param>
    /// <exception cref="ArgumentException">There are more or fewer texts than rows.</exception>
    public void AddStrings(string property, IReadOnlyList<string> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.Count != count)
            throw new ArgumentException($"Property {property} has {values.Count} texts for {count} rows.", nameof(values));
        var offsets = new byte[4 * (count + 1)];
        var characters = new MemoryStream();
        for (var row = 0; row < count; row++)
        {
            characters.Write(Encoding.UTF8.GetBytes(values[row]));
            BinaryPrimitives.WriteUInt32LittleEndian(offsets.AsSpan(4 * (row + 1)), (uint)characters.Length);
        }
        // A buffer view has a byte at least, whatever the texts.
        if (characters.Length == 0)
            characters.WriteByte(0);
        _columns.Add(new(property, characters.ToArray(), offsets));
    }

    /// <summary>Writes the table's object.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="addView">Keeps bytes, aligned to eight, and gives the number of their buffer view.</param>
    internal void Write(Utf8JsonWriter json, Func<byte[], int> addView)
    {
        json.WriteStartObject();
        json.WriteString("class"u8, @class);
        json.WriteNumber("count"u8, count);
        json.WriteStartObject("properties"u8);
        foreach (var (property, values, stringOffsets) in _columns)
        {
            json.WriteStartObject(property);
            json.WriteNumber("values"u8, addView(values));
            if (stringOffsets is not null)
                json.WriteNumber("stringOffsets"u8, addView(stringOffsets));
            json.WriteEndObject();
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
