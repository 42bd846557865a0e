using Lodestream.Formats.Metadata;
using Lodestream.Formats.Tiles3D.Implicit;

namespace Lodestream.Formats.Tiles3D;

/// <summary>
/// What stays of a tileset.json beside its tiles: where in its bytes metadata is written, and the implicit tilings it begins. The bytes
/// are kept only where there is metadata; nothing of it is read before somebody asks.
/// </summary>
internal sealed class TilesetFacts
{
    private readonly Lock _gate = new();
    private MetadataSchema? _schema;
    private bool _schemaRead;

    /// <summary>A tile that something is known of: where its metadata and its contents' begin (−1: none), and the tiling whose root it is.</summary>
    public sealed record Note(int MetadataAt, int[] ContentMetadataAt, ImplicitTiling? Tiling);

    public required string Uri { get; init; }

    /// <summary>The document; empty where nothing of it is needed.</summary>
    public ReadOnlyMemory<byte> Json { get; init; }

    /// <summary>Text that begins with the schema, of the document itself or of a file of its own; empty where there is none.</summary>
    public ReadOnlyMemory<byte> SchemaJson { get; init; }

    /// <summary>Why the schema's own file is not here; null where it is or there is none.</summary>
    public string? SchemaMissing { get; init; }

    public int MetadataAt { get; init; } = -1;

    public int StatisticsAt { get; init; } = -1;

    /// <summary>Where the groups' objects begin.</summary>
    public IReadOnlyList<int> Groups { get; init; } = [];

    /// <summary>By the tiles' notes less 1.</summary>
    public List<Note> Notes { get; } = [];

    /// <summary>What is wrong with the schema; null where nothing is, or nobody asked for it yet.</summary>
    public string? SchemaError { get; private set; }

    /// <summary>The schema; null where there is none or it is broken.</summary>
    public MetadataSchema? Schema
    {
        get
        {
            lock (_gate)
            {
                if (_schemaRead)
                    return _schema;
                _schemaRead = true;
                if (SchemaMissing is not null)
                    SchemaError = SchemaMissing;
                else if (!SchemaJson.IsEmpty && MetadataSchemaReader.Read(SchemaJson, out _schema) is { IsOk: false } outcome)
                    SchemaError = outcome.Error;
                return _schema;
            }
        }
    }

    /// <summary>The entity whose object begins at a place of the document; null where there is none or it is broken.</summary>
    public MetadataEntity? EntityAt(int at)
    {
        if (at < 0 || Json.IsEmpty || Schema is not { } schema)
            return null;
        MetadataEntity.Read(Json[at..], schema, out var entity);
        return entity;
    }
}
