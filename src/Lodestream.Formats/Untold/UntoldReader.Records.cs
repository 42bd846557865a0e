namespace Lodestream.Formats.Untold;

/// <summary>The records of the tables.</summary>
public sealed partial class UntoldReader
{
    private const uint None = uint.MaxValue;

    private UntoldTexture[] ReadTextures(Header header, in UntoldStrings strings)
    {
        var records = Records(UntoldChunkType.Textures, header.Textures, TextureBytes);
        var textures = new UntoldTexture[_error is null ? records.Count : 0];
        for (var i = 0; i < textures.Length; i++)
        {
            if (!ReadString(strings, records, i, 0, "texture", out var name) || !ReadString(strings, records, i, 4, "texture", out var uri))
                return [];
            var format = records.Word(i, 8);
            textures[i] = new(name, uri)
            {
                Format = format <= (uint)UntoldTextureFormat.Rgba16F ? (UntoldTextureFormat)format : UntoldTextureFormat.Unknown,
                Flags = (UntoldTextureFlags)records.Word(i, 12),
                Width = Count(records.Word(i, 16)),
                Height = Count(records.Word(i, 20)),
                MipLevels = Count(records.Word(i, 24)),
            };
        }
        return textures;

        static int Count(uint word) => (int)Math.Min(word, int.MaxValue);
    }

    private UntoldMaterial[] ReadMaterials(Header header, in UntoldStrings strings, int textures)
    {
        var records = Records(UntoldChunkType.Materials, header.Materials, MaterialBytes);
        var materials = new UntoldMaterial[_error is null ? records.Count : 0];
        Span<int> used = stackalloc int[6];
        for (var i = 0; i < materials.Length; i++)
        {
            if (!ReadString(strings, records, i, 0, "material", out var name))
                return [];
            for (var t = 0; t < used.Length; t++)
            {
                var texture = records.Word(i, 56 + 4 * t);
                if (texture != None && texture >= textures && !Fail($"has a material {i} with texture {texture} of {textures} ({records.Place(i, 56 + 4 * t)})"))
                    return [];
                used[t] = texture == None ? -1 : (int)texture;
            }
            for (var field = 8; field < 56; field += 4)
            {
                if (!float.IsFinite(records.Single(i, field)) && !Fail($"has a material {i} with a factor that is not finite ({records.Place(i, field)})"))
                    return [];
            }

            // The reserved words come last, behind what later versions put between.
            var channels = records.Word(i, records.RecordBytes - 8);
            materials[i] = new()
            {
                Name = name,
                Flags = (UntoldMaterialFlags)records.Word(i, 4),
                BaseColor = [records.Single(i, 8), records.Single(i, 12), records.Single(i, 16), records.Single(i, 20)],
                Emissive = [records.Single(i, 24), records.Single(i, 28), records.Single(i, 32)],
                NormalScale = records.Single(i, 36),
                Metallic = records.Single(i, 40),
                Roughness = records.Single(i, 44),
                OcclusionStrength = records.Single(i, 48),
                AlphaCutoff = records.Single(i, 52),
                BaseColorTexture = used[0],
                NormalTexture = used[1],
                MetallicTexture = used[2],
                RoughnessTexture = used[3],
                EmissiveTexture = used[4],
                OcclusionTexture = used[5],
                RoughnessChannel = (int)(channels & 3),
                MetallicChannel = (int)(channels >> 2 & 3),
            };
        }
        return materials;
    }

    private UntoldMesh[] ReadMeshes(Header header, in UntoldStrings strings, int materials, out uint[] owners)
    {
        var records = Records(UntoldChunkType.Meshes, header.Meshes, MeshBytes);
        var meshes = new UntoldMesh[_error is null ? records.Count : 0];
        owners = new uint[meshes.Length];
        for (var i = 0; i < meshes.Length; i++)
        {
            owners[i] = records.Word(i, 0);
            if (!ReadString(strings, records, i, 4, "mesh", out var name) || !CheckMesh(records, i, materials))
                return [];
            var material = records.Word(i, 8);
            meshes[i] = new(
                name, material == None ? -1 : (int)material, (int)records.Long(i, 32), (int)records.Word(i, 16), (int)records.Long(i, 40), (int)records.Word(i, 20),
                records.Word(i, 12) == 1 ? 2 : 4, records.Bounds(i, 80));
        }
        return meshes;
    }

    private bool CheckMesh(in UntoldRecords records, int mesh, int materials)
    {
        uint material = records.Word(mesh, 8), type = records.Word(mesh, 12), vertices = records.Word(mesh, 16), indices = records.Word(mesh, 20), stride = records.Word(mesh, 24);
        if (material != None && material >= materials)
            return Fail($"has a mesh {mesh} of material {material} of {materials} ({records.Place(mesh, 8)})");
        if (type is not (1 or 2))
            return Fail($"has a mesh {mesh} with indices of type {type}, which is not known ({records.Place(mesh, 12)})");
        if (stride != UntoldVertex.Bytes)
            return Fail($"has a mesh {mesh} with a vertex every {stride} bytes; layout 1 has one every {UntoldVertex.Bytes} ({records.Place(mesh, 24)})");
        if (indices % 3 != 0)
            return Fail($"has a mesh {mesh} with {indices} indices, which are no triangles ({records.Place(mesh, 20)})");
        return CheckRange(records, mesh, 32, 48, vertices * (ulong)UntoldVertex.Bytes, UntoldChunkType.Vertices)
            && CheckRange(records, mesh, 40, 56, indices * (type == 1 ? 2ul : 4ul), UntoldChunkType.Indices);
    }

    private bool CheckRange(in UntoldRecords records, int mesh, int offsetField, int bytesField, ulong expected, UntoldChunkType type)
    {
        ulong offset = records.Long(mesh, offsetField), bytes = records.Long(mesh, bytesField), held = (ulong)ChunkOf(type).DecodedBytes;
        if (bytes != expected)
            return Fail($"has a mesh {mesh} with {bytes} bytes of {NameOf(type)}, which by their number are {expected} ({records.Place(mesh, bytesField)})");
        return (offset <= held && bytes <= held - offset)
            || Fail($"has a mesh {mesh} with {bytes} bytes of {NameOf(type)} at {offset}, which reach out of the chunk's {held} ({records.Place(mesh, offsetField)})");
    }

    private UntoldEntity[] ReadEntities(Header header, in UntoldStrings strings, int meshes, uint[] owners)
    {
        var records = Records(UntoldChunkType.Entities, header.Entities, EntityBytes);
        var entities = new UntoldEntity[_error is null ? records.Count : 0];
        var places = new Dictionary<uint, int>(entities.Length);
        for (var i = 0; i < entities.Length; i++)
        {
            if (!places.TryAdd(records.Word(i, 0), i) && !Fail($"has two entities {records.Word(i, 0)} ({records.Place(i, 0)})"))
                return [];
        }
        for (var i = 0; i < entities.Length; i++)
        {
            if (!ReadString(strings, records, i, 8, "entity", out var name) || !CheckEntity(records, i, places, meshes, owners))
                return [];
            var (parent, count) = (records.Word(i, 4), (int)records.Word(i, 16));
            entities[i] = new(records.Word(i, 0), parent == None ? -1 : places[parent], name, count == 0 ? 0 : (int)records.Word(i, 12), count, records.Transform(i, 72));
        }
        if (FindCircle(entities) is >= 0 and var circle)
            Fail($"has an entity {entities[circle].Id} that is its own ancestor ({records.Place(circle, 4)})");
        return entities;
    }

    private bool CheckEntity(in UntoldRecords records, int entity, Dictionary<uint, int> places, int meshes, uint[] owners)
    {
        uint id = records.Word(entity, 0), parent = records.Word(entity, 4), first = records.Word(entity, 12), count = records.Word(entity, 16);
        if (parent != None && !places.ContainsKey(parent))
            return Fail($"has an entity {id} below entity {parent}, which is not there ({records.Place(entity, 4)})");
        if (count > 0 && (ulong)first + count > (ulong)meshes)
            return Fail($"has an entity {id} with meshes {first} to {(ulong)first + count - 1} of {meshes} ({records.Place(entity, 12)})");
        for (var mesh = first; mesh < first + count; mesh++)
        {
            if (owners[mesh] != id)
                return Fail($"has an entity {id} with a mesh {mesh} that names entity {owners[mesh]} ({records.Place(entity, 12)})");
        }
        return IsFinite(records.Transform(entity, 72)) || Fail($"has an entity {id} with a transform that is not finite ({records.Place(entity, 72)})");
    }

    // An entity that is above itself; −1 where none is.
    private static int FindCircle(UntoldEntity[] entities)
    {
        const byte open = 1, done = 2;
        var states = new byte[entities.Length];
        for (var i = 0; i < entities.Length; i++)
        {
            var at = i;
            for (; at >= 0 && states[at] == 0; at = entities[at].Parent)
                states[at] = open;
            if (at >= 0 && states[at] == open)
                return at;
            for (at = i; at >= 0 && states[at] == open; at = entities[at].Parent)
                states[at] = done;
        }
        return -1;
    }

    private bool ReadString(in UntoldStrings strings, in UntoldRecords records, int record, int field, string what, out string text) =>
        strings.Read(records.Word(record, field), out text) is not { } error || Fail($"has a {what} {record} with a string of {error} ({records.Place(record, field)})");
}
