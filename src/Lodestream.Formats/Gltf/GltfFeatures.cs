namespace Lodestream.Formats.Gltf;

/// <summary>Where a texture holds data: of which of its channels, lowest byte first, a number is made.</summary>
/// <param name="Texture">The texture.</param>
/// <param name="TexCoord">Which TEXCOORD places it.</param>
/// <param name="Channels">Channels: 0 is red, 3 alpha.</param>
public sealed record GltfDataTexture(int Texture, int TexCoord, int[] Channels);

/// <summary>
/// A set of feature ids (EXT_mesh_features, EXT_instance_features): of an attribute, of a texture, or the vertex's or instance's own number.
/// </summary>
/// <param name="FeatureCount">How many features there are.</param>
/// <param name="Attribute">n of the attribute <c>_FEATURE_ID_n</c>; −1 where there is none.</param>
/// <param name="Texture">The texture with the ids; null where there is none.</param>
/// <param name="PropertyTable">The property table whose rows the ids are; −1 where there is none.</param>
/// <param name="NullFeatureId">The id of no feature; −1 where every id is one.</param>
/// <param name="Label">What the file calls the set; null for nothing.</param>
public sealed record GltfFeatureIds(int FeatureCount, int Attribute, GltfDataTexture? Texture, int PropertyTable, int NullFeatureId, string? Label);

/// <summary>What is known of a primitive's features.</summary>
/// <param name="FeatureIds">Its sets of feature ids.</param>
/// <param name="PropertyTextures">Numbers of the property textures that cover it.</param>
/// <param name="PropertyAttributes">Numbers of the property attributes it has.</param>
public sealed record GltfPrimitiveFeatures(GltfFeatureIds[] FeatureIds, int[] PropertyTextures, int[] PropertyAttributes)
{
    /// <summary>A primitive without features.</summary>
    public static readonly GltfPrimitiveFeatures None = new([], [], []);
}

/// <summary>The parts of EXT_structural_metadata by which a host knows what to keep; the extension itself is handed through as it is.</summary>
/// <param name="Json">The extension's JSON within the glTF's.</param>
/// <param name="SchemaUri">Where the schema is, if it is a file of its own.</param>
/// <param name="TableViews">Buffer views with the values of property tables, each once.</param>
/// <param name="PropertyTextures">What each property texture reads.</param>
/// <param name="PropertyAttributes">Names of the vertex attributes that each property attribute reads.</param>
public sealed record GltfStructuralMetadata(ByteRange Json, string? SchemaUri, int[] TableViews, GltfDataTexture[][] PropertyTextures, string[][] PropertyAttributes);
