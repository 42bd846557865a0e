using System.Buffers;
using System.Runtime.InteropServices.JavaScript;
using System.Text;
using System.Text.Json;
using Lodestream.Formats.Gltf;
using Lodestream.Formats.Legacy;
using Lodestream.Formats.Metadata;
using Lodestream.Formats.Preparing;

namespace Lodestream.Browser.Interop;

/// <summary>What the page asks of a feature it found under the pointer: the bytes stay in the page until then. Answers are JSON.</summary>
internal static partial class FeatureExports
{
    /// <summary>A row of a batch table: an object, or null where there is none.</summary>
    [JSExport]
    public static string BatchRow(byte[] json, byte[] binary, int length, int id)
    {
        var table = BatchTable.Read(json, binary, length, out var error);
        return Write(writer => WriteValues(writer, table?.Row(id) ?? [], error));
    }

    /// <summary>A row of a property table: an object.</summary>
    /// <param name="extension">EXT_structural_metadata.</param>
    /// <param name="schema">The schema's file; empty where the extension holds it.</param>
    /// <param name="views">Numbers of the buffer views, and the length of each, one after the other.</param>
    /// <param name="bytes">The views' bytes, one behind the other.</param>
    /// <param name="table">The property table.</param>
    /// <param name="feature">The row.</param>
    [JSExport]
    public static string PropertyRow(byte[] extension, byte[] schema, int[] views, byte[] bytes, int table, int feature)
    {
        var ranges = new Dictionary<int, ReadOnlyMemory<byte>>();
        for (int i = 0, at = 0; i + 1 < views.Length; at += views[i + 1], i += 2)
            ranges[views[i]] = bytes.AsMemory(at, views[i + 1]);
        var outcome = ModelMetadata.Read(extension, schema, view => ranges.GetValueOrDefault(view), out var metadata);
        return Write(writer => WriteValues(writer, metadata?.Row(table, feature) ?? [], outcome.Error ?? (metadata is not null && (uint)table < (uint)metadata.Tables.Count ? metadata.ErrorOf(table) : null)));
    }

    /// <summary>The values of a property texture or a property attribute at a place: an object.</summary>
    /// <param name="extension">EXT_structural_metadata.</param>
    /// <param name="schema">The schema's file; empty where the extension holds it.</param>
    /// <param name="number">Number of the property texture or attribute.</param>
    /// <param name="isTexture">Which of the two.</param>
    /// <param name="stored">JSON object of what is stored there, as arrays of bytes: by vertex attribute, or by texture and TEXCOORD ("0 0") the pixel's red, green, blue and alpha.</param>
    [JSExport]
    public static string PropertyValues(byte[] extension, byte[] schema, int number, bool isTexture, string stored)
    {
        var outcome = ModelMetadata.Read(extension, schema, _ => default, out var metadata);
        using var document = JsonDocument.Parse(stored);
        return Write(writer => WriteValues(writer, metadata is null ? [] : isTexture
            ? metadata.TextureValues(number, Channels)
            : metadata.AttributeValues(number, Bytes), outcome.Error));

        byte[] Channels(GltfDataTexture texture)
        {
            var pixel = Bytes(FormattableString.Invariant($"{texture.Texture} {texture.TexCoord}"));
            return pixel.Length == 0 ? [] : [.. texture.Channels.Select(channel => pixel[channel])];
        }

        byte[] Bytes(string name) => document.RootElement.TryGetProperty(name, out var bytes) ? [.. bytes.EnumerateArray().Select(b => b.GetByte())] : [];
    }

    private static void WriteValues(Utf8JsonWriter writer, IReadOnlyList<KeyValuePair<string, MetadataValue>> values, string? error)
    {
        writer.WriteStartObject();
        foreach (var (name, value) in values)
        {
            writer.WritePropertyName(name);
            value.WriteTo(writer);
        }
        if (error is not null)
            writer.WriteString("error", error);
        writer.WriteEndObject();
    }

    private static string Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
            write(writer);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
