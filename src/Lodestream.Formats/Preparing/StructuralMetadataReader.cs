using System.Text.Json;
using Lodestream.Formats.Gltf;
using Lodestream.Formats.Metadata;

namespace Lodestream.Formats.Preparing;

/// <summary>Reads the JSON of EXT_structural_metadata that is about property textures and property attributes.</summary>
internal static class StructuralMetadataReader
{
    /// <summary>Where the parts of the extension begin in its JSON; −1 where there is none.</summary>
    public readonly record struct Parts(int Schema, int Tables, int Textures, int Attributes);

    /// <summary>Finds the parts of the extension.</summary>
    public static Parts Find(ReadOnlyMemory<byte> extension)
    {
        int schema = -1, tables = -1, textures = -1, attributes = -1;
        var walker = new JsonWalker(extension.Span);
        if (!walker.EnterObject())
            return new(-1, -1, -1, -1);
        while (walker.NextProperty())
        {
            if (walker.Is("schema"u8))
                schema = Place(ref walker);
            else if (walker.Is("propertyTables"u8))
                tables = Place(ref walker);
            else if (walker.Is("propertyTextures"u8))
                textures = Place(ref walker);
            else if (walker.Is("propertyAttributes"u8))
                attributes = Place(ref walker);
            else
                walker.SkipValue();
        }
        return new(schema, tables, textures, attributes);
    }

    /// <summary>The properties of each property texture or property attribute; those the schema does not have are left out.</summary>
    public static List<IReadOnlyList<PropertySource>> ReadSources(ReadOnlyMemory<byte> extension, int at, MetadataSchema schema)
    {
        var all = new List<IReadOnlyList<PropertySource>>();
        if (at < 0)
            return all;
        var walker = new JsonWalker(extension.Span[at..]);
        if (!walker.EnterArray())
            return all;
        while (walker.NextObject())
        {
            string? className = null;
            var written = new List<(string Name, GltfDataTexture? Texture, string? Attribute, double[] Offset, double[] Scale)>();
            while (walker.NextProperty())
            {
                if (walker.Is("class"u8))
                    className = walker.String();
                else if (!walker.Is("properties"u8))
                    walker.SkipValue();
                else if (walker.EnterObject())
                {
                    while (walker.NextProperty())
                        written.Add(ReadProperty(ref walker, extension.Span[at..]));
                }
            }
            var sources = new List<PropertySource>();
            if (className is not null && schema.Classes.TryGetValue(className, out var @class))
            {
                foreach (var (name, texture, attribute, offset, scale) in written)
                {
                    if (@class.TryFind(name, out var property))
                        sources.Add(new(new(property, offset, scale), texture, attribute));
                }
            }
            all.Add(sources);
        }
        return all;
    }

    private static (string Name, GltfDataTexture? Texture, string? Attribute, double[] Offset, double[] Scale) ReadProperty(ref JsonWalker walker, ReadOnlySpan<byte> json)
    {
        var name = walker.Name();
        int index = -1, texCoord = 0;
        List<int> channels = [];
        string? attribute = null;
        double[] offset = [], scale = [];
        if (!walker.EnterObject())
            return (name, null, null, offset, scale);
        while (walker.NextProperty())
        {
            if (walker.Is("index"u8))
                index = walker.Integer(-1);
            else if (walker.Is("texCoord"u8))
                texCoord = walker.Integer(0);
            else if (walker.Is("channels"u8))
                walker.Integers(channels);
            else if (walker.Is("attribute"u8))
                attribute = walker.String();
            else if (walker.Is("offset"u8))
                offset = MetadataJson.ReadNumbers(json[Place(ref walker)..]);
            else if (walker.Is("scale"u8))
                scale = MetadataJson.ReadNumbers(json[Place(ref walker)..]);
            else
                walker.SkipValue();
        }
        return (name, index < 0 ? null : new(index, texCoord, channels.Count == 0 ? [0] : [.. channels]), attribute, offset, scale);
    }

    private static int Place(ref JsonWalker walker)
    {
        _ = walker.IsArrayNext;
        var at = (int)walker.Offset;
        walker.SkipValue();
        return at;
    }
}
