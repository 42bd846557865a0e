using System.Buffers.Binary;
using Lodestream.Formats.Legacy;
using Lodestream.Formats.Metadata;
using Lodestream.Formats.Preparing;

namespace Lodestream.Fuzz.Targets;

/// <summary>Schemas, property tables and batch tables.</summary>
internal static class MetadataTargets
{
    public static Parsed ParseSchema(byte[] bytes)
    {
        var outcome = MetadataSchemaReader.Read(bytes, out var schema);
        return new(outcome.IsOk ? null : outcome.Error ?? "", schema);
    }

    public static void LookAtSchema(object kept) => LookAt((MetadataSchema)kept);

    public static void LookAt(MetadataSchema schema)
    {
        foreach (var @class in schema.Classes.Values.Take(16))
        {
            foreach (var property in @class.Properties.Take(32))
            {
                _ = (property.Default.ToString(), property.NoData.ToString(), property.ElementBytes);
                _ = (property.Minimum, property.Maximum, property.Offset, property.Scale);
                _ = new PropertyDecoder(property).Decode(new byte[16]);
            }
            _ = @class.TryFindSemantic("NAME", out _);
        }
    }

    /// <summary>EXT_structural_metadata whose buffer views are parts of its own text.</summary>
    public static Parsed ParseModelMetadata(byte[] bytes)
    {
        var outcome = ModelMetadata.Read(bytes, WrittenSeeds.Schema, view => bytes.AsMemory((int)((uint)view % (uint)(bytes.Length + 1))), out var metadata);
        return new(outcome.IsOk ? null : outcome.Error ?? "", metadata);
    }

    public static void LookAtModelMetadata(object kept) => ContentTarget.LookAt((ModelMetadata)kept);

    /// <summary>A batch table: its number of rows and length of its JSON, four bytes each, its JSON, its binary part.</summary>
    public static Parsed ParseBatchTable(byte[] bytes)
    {
        if (bytes.Length < 8)
            return new("is too short to be given to anyone", null);
        var json = (int)Math.Min(BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(4)), (uint)bytes.Length - 8);

        // The readers of contents see to it that it is not negative.
        var table = BatchTable.Read(bytes.AsMemory(8, json), bytes.AsMemory(8 + json), BinaryPrimitives.ReadInt32LittleEndian(bytes) & int.MaxValue, out var error);
        return table is null && error is null ? throw new InvalidOperationException("neither table nor error") : new(error, table);
    }

    public static void LookAtBatchTable(object kept) => ContentTarget.LookAt((BatchTable)kept);
}
