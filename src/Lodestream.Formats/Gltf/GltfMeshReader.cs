namespace Lodestream.Formats.Gltf;

/// <summary>Reads the <c>meshes</c> of a glTF file.</summary>
internal static class GltfMeshReader
{
    public static GltfMesh[] Read(ref JsonWalker walker)
    {
        var meshes = new List<GltfMesh>();
        if (!walker.EnterArray())
            return [];
        while (walker.NextObject())
        {
            var primitives = new List<GltfPrimitive>();
            while (walker.NextProperty())
            {
                if (!walker.Is("primitives"u8))
                    walker.SkipValue();
                else if (walker.EnterArray())
                {
                    while (walker.NextObject())
                        primitives.Add(ReadPrimitive(ref walker));
                }
            }
            meshes.Add(new([.. primitives]));
        }
        return [.. meshes];
    }

    private static GltfPrimitive ReadPrimitive(ref JsonWalker walker)
    {
        int indices = -1, material = -1, mode = (int)GltfPrimitiveMode.Triangles, draco = -1;
        GltfAttribute[] attributes = [];
        var features = GltfPrimitiveFeatures.None;
        var targets = new List<int>();
        while (walker.NextProperty())
        {
            if (walker.Is("attributes"u8))
                attributes = ReadAttributes(ref walker);
            else if (walker.Is("indices"u8))
                indices = walker.Integer(-1);
            else if (walker.Is("material"u8))
                material = walker.Integer(-1);
            else if (walker.Is("mode"u8))
                mode = walker.Integer(mode);
            else if (walker.Is("extensions"u8))
                ReadExtensions(ref walker, ref draco, ref features);
            else if (walker.Is("targets"u8))
                ReadTargets(ref walker, targets);
            else
                walker.SkipValue();
        }
        return new((GltfPrimitiveMode)mode, attributes, indices, material, [.. targets], draco, features);
    }

    private static void ReadTargets(ref JsonWalker walker, List<int> targets)
    {
        if (!walker.EnterArray())
            return;
        while (walker.NextObject())
        {
            while (walker.NextProperty())
                targets.Add(walker.Integer(-1));
        }
    }

    public static GltfAttribute[] ReadAttributes(ref JsonWalker walker)
    {
        var attributes = new List<GltfAttribute>();
        if (!walker.EnterObject())
            return [];
        while (walker.NextProperty())
        {
            var name = walker.Is("POSITION"u8) ? "POSITION" : walker.Is("NORMAL"u8) ? "NORMAL" : walker.Is("TEXCOORD_0"u8) ? "TEXCOORD_0" : walker.Name();
            attributes.Add(new(name, walker.Integer(-1)));
        }
        return [.. attributes];
    }

    private static void ReadExtensions(ref JsonWalker walker, ref int draco, ref GltfPrimitiveFeatures features)
    {
        if (!walker.EnterObject())
            return;
        while (walker.NextProperty())
        {
            if (walker.Is("KHR_draco_mesh_compression"u8))
                draco = ReadDraco(ref walker);
            else if (walker.Is("EXT_mesh_features"u8))
                features = features with { FeatureIds = GltfFeatureReader.ReadFeatureIds(ref walker) };
            else if (walker.Is("EXT_structural_metadata"u8))
            {
                var (textures, attributes) = GltfFeatureReader.ReadPrimitiveMetadata(ref walker);
                features = features with { PropertyTextures = textures, PropertyAttributes = attributes };
            }
            else
                walker.SkipValue();
        }
    }

    private static int ReadDraco(ref JsonWalker walker)
    {
        var view = -1;
        if (!walker.EnterObject())
            return view;
        while (walker.NextProperty())
        {
            if (walker.Is("bufferView"u8))
                view = walker.Integer(-1);
            else
                walker.SkipValue();
        }
        return view;
    }
}
