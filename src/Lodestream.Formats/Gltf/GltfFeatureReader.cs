namespace Lodestream.Formats.Gltf;

/// <summary>Reads EXT_mesh_features, EXT_instance_features and what a host needs of EXT_structural_metadata.</summary>
internal static class GltfFeatureReader
{
    /// <summary>The array <c>featureIds</c> of one of the two extensions.</summary>
    public static GltfFeatureIds[] ReadFeatureIds(ref JsonWalker walker)
    {
        var sets = new List<GltfFeatureIds>();
        if (!walker.EnterObject())
            return [];
        while (walker.NextProperty())
        {
            if (!walker.Is("featureIds"u8))
                walker.SkipValue();
            else if (walker.EnterArray())
            {
                while (walker.NextObject())
                    sets.Add(ReadSet(ref walker));
            }
        }
        return [.. sets];
    }

    /// <summary>A primitive's EXT_structural_metadata: numbers of property textures and attributes.</summary>
    public static (int[] Textures, int[] Attributes) ReadPrimitiveMetadata(ref JsonWalker walker)
    {
        List<int> textures = [], attributes = [];
        if (!walker.EnterObject())
            return ([], []);
        while (walker.NextProperty())
        {
            if (walker.Is("propertyTextures"u8))
                walker.Integers(textures);
            else if (walker.Is("propertyAttributes"u8))
                walker.Integers(attributes);
            else
                walker.SkipValue();
        }
        return ([.. textures], [.. attributes]);
    }

    /// <summary>The document's EXT_structural_metadata.</summary>
    public static GltfStructuralMetadata? ReadMetadata(ref JsonWalker walker)
    {
        string? schemaUri = null;
        List<int> views = [];
        List<GltfDataTexture[]> textures = [];
        List<string[]> attributes = [];
        if (!walker.EnterObject())
            return null;
        var start = (int)walker.Offset;
        while (walker.NextProperty())
        {
            if (walker.Is("schemaUri"u8))
                schemaUri = walker.String();
            else if (walker.Is("propertyTables"u8))
                ReadTables(ref walker, views);
            else if (walker.Is("propertyTextures"u8))
                ReadPropertyTextures(ref walker, textures);
            else if (walker.Is("propertyAttributes"u8))
                ReadPropertyAttributes(ref walker, attributes);
            else
                walker.SkipValue();
        }
        return new(new(start, (int)walker.Offset + 1 - start), schemaUri, [.. views.Distinct()], [.. textures], [.. attributes]);
    }

    private static GltfFeatureIds ReadSet(ref JsonWalker walker)
    {
        int count = 0, attribute = -1, table = -1, none = -1;
        GltfDataTexture? texture = null;
        string? label = null;
        while (walker.NextProperty())
        {
            if (walker.Is("featureCount"u8))
                count = walker.Integer(0);
            else if (walker.Is("attribute"u8))
                attribute = walker.Integer(-1);
            else if (walker.Is("texture"u8))
                texture = walker.EnterObject() ? ReadDataTexture(ref walker) : null;
            else if (walker.Is("propertyTable"u8))
                table = walker.Integer(-1);
            else if (walker.Is("nullFeatureId"u8))
                none = walker.Integer(-1);
            else if (walker.Is("label"u8))
                label = walker.String();
            else
                walker.SkipValue();
        }
        return new(count, attribute, texture, table, none, label);
    }

    private static GltfDataTexture ReadDataTexture(ref JsonWalker walker)
    {
        int index = -1, texCoord = 0;
        List<int> channels = [];
        while (walker.NextProperty())
        {
            if (walker.Is("index"u8))
                index = walker.Integer(-1);
            else if (walker.Is("texCoord"u8))
                texCoord = walker.Integer(0);
            else if (walker.Is("channels"u8))
                walker.Integers(channels);
            else
                walker.SkipValue();
        }
        return new(index, texCoord, channels.Count == 0 ? [0] : [.. channels]);
    }

    private static void ReadTables(ref JsonWalker walker, List<int> views)
    {
        if (!walker.EnterArray())
            return;
        while (walker.NextObject())
        {
            while (walker.NextProperty())
            {
                if (!walker.Is("properties"u8))
                {
                    walker.SkipValue();
                    continue;
                }
                if (!walker.EnterObject())
                    continue;
                while (walker.NextProperty())
                    ReadTableProperty(ref walker, views);
            }
        }
    }

    private static void ReadTableProperty(ref JsonWalker walker, List<int> views)
    {
        if (!walker.EnterObject())
            return;
        while (walker.NextProperty())
        {
            if (walker.Is("values"u8) || walker.Is("arrayOffsets"u8) || walker.Is("stringOffsets"u8))
                views.Add(walker.Integer(-1));
            else
                walker.SkipValue();
        }
    }

    private static void ReadPropertyTextures(ref JsonWalker walker, List<GltfDataTexture[]> textures)
    {
        if (!walker.EnterArray())
            return;
        while (walker.NextObject())
        {
            var properties = new List<GltfDataTexture>();
            while (walker.NextProperty())
            {
                if (!walker.Is("properties"u8))
                {
                    walker.SkipValue();
                    continue;
                }
                if (!walker.EnterObject())
                    continue;
                while (walker.NextProperty())
                {
                    if (walker.EnterObject())
                        properties.Add(ReadDataTexture(ref walker));
                }
            }
            textures.Add([.. properties]);
        }
    }

    private static void ReadPropertyAttributes(ref JsonWalker walker, List<string[]> attributes)
    {
        if (!walker.EnterArray())
            return;
        while (walker.NextObject())
        {
            var names = new List<string>();
            while (walker.NextProperty())
            {
                if (!walker.Is("properties"u8))
                {
                    walker.SkipValue();
                    continue;
                }
                if (!walker.EnterObject())
                    continue;
                while (walker.NextProperty())
                {
                    if (!walker.EnterObject())
                        continue;
                    while (walker.NextProperty())
                    {
                        if (!walker.Is("attribute"u8))
                            walker.SkipValue();
                        else if (walker.String() is { } name)
                            names.Add(name);
                    }
                }
            }
            attributes.Add([.. names]);
        }
    }
}
