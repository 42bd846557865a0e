using System.Text.Json;
using Lodestream.Formats.Metadata;
using Lodestream.Formats.Tiles3D;
using Lodestream.Scene;

namespace Lodestream.Browser;

/// <summary>What the documents of a scene say of a tile, as JSON: names of properties and their values.</summary>
internal static class MetadataReport
{
    /// <summary>
    /// Writes <c>metadata</c>: what is known of the <c>tile</c>, its <c>subtree</c>, its <c>tileset</c>, and of each of its <c>contents</c> and their
    /// <c>groups</c>, in the order of its URIs, null where nothing is; with <c>schemaError</c> where the schema is broken. Writes nothing where there is
    /// no metadata.
    /// </summary>
    public static void Write(Utf8JsonWriter json, TileTree tree, int tile)
    {
        var schemaError = TileMetadata.SchemaErrorOf(tree, tile);
        if (schemaError is null && TileMetadata.SchemaOf(tree, tile) is null)
            return;
        json.WriteStartObject("metadata");
        if (schemaError is not null)
            json.WriteString("schemaError", schemaError);
        WriteEntity(json, "tile", TileMetadata.OfTile(tree, tile));
        WriteContents(json, tree, tile);
        WriteEntity(json, "subtree", TileMetadata.OfSubtree(tree, tile));
        WriteEntity(json, "tileset", TileMetadata.OfTileset(tree, tile));
        json.WriteEndObject();
    }

    private static void WriteContents(Utf8JsonWriter json, TileTree tree, int tile)
    {
        var slots = tree.SlotsOf(tile);
        var (contents, groups) = (new MetadataEntity?[slots.Length], new MetadataEntity?[slots.Length]);
        for (var slot = 0; slot < slots.Length; slot++)
            (contents[slot], groups[slot]) = (TileMetadata.OfContent(tree, tile, slot), TileMetadata.OfGroup(tree, slots[slot]));
        WriteEntities(json, "contents", contents);
        WriteEntities(json, "groups", groups);
    }

    private static void WriteEntities(Utf8JsonWriter json, string name, MetadataEntity?[] entities)
    {
        if (!entities.Any(entity => entity is not null))
            return;
        json.WriteStartArray(name);
        foreach (var entity in entities)
        {
            if (entity is null)
                json.WriteNullValue();
            else
                WriteValues(json, entity);
        }
        json.WriteEndArray();
    }

    private static void WriteEntity(Utf8JsonWriter json, string name, MetadataEntity? entity)
    {
        if (entity is null)
            return;
        json.WritePropertyName(name);
        WriteValues(json, entity);
    }

    private static void WriteValues(Utf8JsonWriter json, MetadataEntity entity)
    {
        json.WriteStartObject();
        foreach (var property in entity.Class.Properties)
        {
            if (entity.ValueOf(property) is not { IsNone: false } value)
                continue;
            json.WritePropertyName(property.Id);
            value.WriteTo(json);
        }
        json.WriteEndObject();
    }
}
