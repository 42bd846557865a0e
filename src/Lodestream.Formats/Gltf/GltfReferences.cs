namespace Lodestream.Formats.Gltf;

/// <summary>
/// Checks that every index of a glTF file names something, that elements lie in their views and views in their buffers, and that
/// nodes make trees: whoever walks the document later need not look again.
/// </summary>
internal static class GltfReferences
{
    // GPUs take 16 or 32. Each is looked for among the others.
    private const int MaximumAttributes = 256;

    /// <summary>What is broken first, with its JSON path; null when nothing is.</summary>
    public static string? Check(GltfDocument document) =>
        CheckBuffers(document) ?? CheckAccessors(document) ?? CheckMeshes(document) ?? CheckMaterials(document) ?? CheckNodes(document)
        ?? GltfFeatureReferences.Check(document);

    private static string? CheckBuffers(GltfDocument document)
    {
        for (var i = 0; i < document.Buffers.Length; i++)
        {
            if (document.Buffers[i].ByteLength < 0)
                return $"buffers[{i}] has no usable byteLength";
        }
        for (var i = 0; i < document.BufferViews.Length; i++)
        {
            var view = document.BufferViews[i];
            if ((uint)view.Buffer >= (uint)document.Buffers.Length)
                return $"bufferViews[{i}] names buffer {view.Buffer} of {document.Buffers.Length}";
            if (view.ByteOffset < 0 || view.ByteLength < 0 || view.ByteStride < 0 || (long)view.ByteOffset + view.ByteLength > document.Buffers[view.Buffer].ByteLength)
                return $"bufferViews[{i}] is bytes {view.ByteOffset} to {(long)view.ByteOffset + view.ByteLength} of a buffer of {document.Buffers[view.Buffer].ByteLength}";
            if (view.Meshopt is not { } meshopt)
            {
                if (document.Buffers[view.Buffer].IsPlaceholder)
                    return $"bufferViews[{i}] is not compressed, but its buffer {view.Buffer} has no bytes";
            }
            else if (CheckMeshopt(document, meshopt, view.ByteLength) is { } error)
                return $"bufferViews[{i}] {error}";
        }
        for (var i = 0; i < document.Images.Length; i++)
        {
            if (document.Images[i].Uri is null && (uint)document.Images[i].BufferView >= (uint)document.BufferViews.Length)
                return $"images[{i}] names neither a uri nor one of the {document.BufferViews.Length} buffer views";
        }
        for (var i = 0; i < document.Textures.Length; i++)
        {
            if (document.Textures[i] >= document.Images.Length)
                return $"textures[{i}] names image {document.Textures[i]} of {document.Images.Length}";
        }
        return null;
    }

    private static string? CheckMeshopt(GltfDocument document, GltfMeshopt meshopt, int length)
    {
        if ((uint)meshopt.Buffer >= (uint)document.Buffers.Length)
            return $"names buffer {meshopt.Buffer} of {document.Buffers.Length} for its compressed bytes";
        var buffer = document.Buffers[meshopt.Buffer];
        if (meshopt.ByteOffset < 0 || meshopt.ByteLength < 0 || (long)meshopt.ByteOffset + meshopt.ByteLength > buffer.ByteLength || buffer.IsPlaceholder)
            return $"has its compressed bytes at {meshopt.ByteOffset} to {(long)meshopt.ByteOffset + meshopt.ByteLength} of a buffer of {(buffer.IsPlaceholder ? 0 : buffer.ByteLength)}";
        if (meshopt.Mode is not ("ATTRIBUTES" or "TRIANGLES" or "INDICES") || meshopt.Filter is not ("NONE" or "OCTAHEDRAL" or "QUATERNION" or "EXPONENTIAL" or "COLOR"))
            return $"is compressed by mode {MessageText.Quoted(meshopt.Mode)} and filter {MessageText.Quoted(meshopt.Filter)}";
        if (meshopt.Count < 0 || meshopt.ByteStride is < 1 or > 256 || (long)meshopt.Count * meshopt.ByteStride != length)
            return $"decompresses to {meshopt.Count} × {meshopt.ByteStride} bytes, and names {length}";
        return null;
    }

    private static string? CheckAccessors(GltfDocument document)
    {
        for (var i = 0; i < document.Accessors.Length; i++)
        {
            var accessor = document.Accessors[i];
            if (accessor.Count < 0 || accessor.ByteOffset < 0 || accessor.Components == 0 || !Enum.IsDefined(accessor.ComponentType) || accessor.ComponentType == GltfComponentType.None)
                return $"accessors[{i}] has no usable type, componentType, count or byteOffset";
            if (accessor.Sparse is { } sparse && CheckSparse(document, accessor, sparse) is { } error)
                return $"accessors[{i}] {error}";
            if (accessor.BufferView < 0)
                continue;
            if (accessor.BufferView >= document.BufferViews.Length)
                return $"accessors[{i}] names buffer view {accessor.BufferView} of {document.BufferViews.Length}";
            var view = document.BufferViews[accessor.BufferView];
            var needed = accessor.Count == 0 ? 0 : accessor.ByteOffset + (long)(accessor.Count - 1) * Math.Max(view.ByteStride, accessor.ElementBytes) + accessor.ElementBytes;
            if (needed > view.ByteLength)
                return $"accessors[{i}] needs {needed} bytes of bufferViews[{accessor.BufferView}], which has {view.ByteLength}";
        }
        return null;
    }

    private static string? CheckSparse(GltfDocument document, GltfAccessor accessor, GltfSparse sparse)
    {
        var places = sparse.IndicesType switch
        {
            GltfComponentType.UInt8 => 1,
            GltfComponentType.UInt16 => 2,
            GltfComponentType.UInt32 => 4,
            _ => 0,
        };
        if (sparse.Count < 0 || sparse.Count > accessor.Count || places == 0)
            return $"replaces {sparse.Count} of {accessor.Count} elements, at places of type {(int)sparse.IndicesType}";
        return Lacks(sparse.IndicesView, sparse.IndicesOffset, places) ?? Lacks(sparse.ValuesView, sparse.ValuesOffset, accessor.ElementBytes);

        string? Lacks(int number, int offset, int bytes)
        {
            if ((uint)number >= (uint)document.BufferViews.Length)
                return $"names buffer view {number} of {document.BufferViews.Length} for elements that replace others";
            var needed = offset + (long)sparse.Count * bytes;
            return offset < 0 || needed > document.BufferViews[number].ByteLength
                ? $"needs {needed} bytes of bufferViews[{number}], which has {document.BufferViews[number].ByteLength}, for elements that replace others"
                : null;
        }
    }

    private static string? CheckMeshes(GltfDocument document)
    {
        for (var m = 0; m < document.Meshes.Length; m++)
        {
            for (var p = 0; p < document.Meshes[m].Primitives.Length; p++)
            {
                if (CheckPrimitive(document, document.Meshes[m].Primitives[p]) is { } error)
                    return $"meshes[{m}].primitives[{p}] {error}";
            }
        }
        return null;
    }

    private static string? CheckPrimitive(GltfDocument document, GltfPrimitive primitive)
    {
        var most = Math.Max(primitive.Attributes.Length, Math.Max(primitive.Features.FeatureIds.Length, primitive.Features.PropertyAttributes.Length));
        if (most > MaximumAttributes)
            return $"has {most} attributes, sets of feature ids or property attributes; {MaximumAttributes} at most are read";
        if (!Enum.IsDefined(primitive.Mode))
            return $"has mode {(int)primitive.Mode}";
        if (primitive.Indices >= document.Accessors.Length)
            return $"names accessor {primitive.Indices} of {document.Accessors.Length} as indices";
        if (primitive.Indices >= 0 && document.Accessors[primitive.Indices] is { } indices
            && (indices.Components != 1 || indices.ComponentType is not (GltfComponentType.UInt8 or GltfComponentType.UInt16 or GltfComponentType.UInt32)))
            return "has indices that are not unsigned integers";
        if (primitive.Material >= document.Materials.Length)
            return $"names material {primitive.Material} of {document.Materials.Length}";
        if (primitive.DracoView >= document.BufferViews.Length)
            return $"names buffer view {primitive.DracoView} of {document.BufferViews.Length}";
        var vertices = -1;
        foreach (var attribute in primitive.Attributes)
        {
            if ((uint)attribute.Accessor >= (uint)document.Accessors.Length)
                return $"names accessor {attribute.Accessor} of {document.Accessors.Length} as {attribute.Semantic}";
            var count = document.Accessors[attribute.Accessor].Count;
            if (vertices >= 0 && count != vertices)
                return $"has {vertices} vertices, but {count} of {attribute.Semantic}";
            vertices = count;
        }
        foreach (var target in primitive.Targets)
        {
            if ((uint)target >= (uint)document.Accessors.Length)
                return $"names accessor {target} of {document.Accessors.Length} in a morph target";
        }
        return null;
    }

    private static string? CheckMaterials(GltfDocument document)
    {
        for (var i = 0; i < document.Materials.Length; i++)
        {
            foreach (var use in document.Materials[i].Textures)
            {
                if (use.Texture >= document.Textures.Length)
                    return $"materials[{i}] names texture {use.Texture} of {document.Textures.Length}";
            }
        }
        return null;
    }

    // Each node has one parent at most; then a node that no root reaches is in a circle.
    private static string? CheckNodes(GltfDocument document)
    {
        var nodes = document.Nodes;
        var parentOf = new int[nodes.Length];
        Array.Fill(parentOf, -1);
        for (var i = 0; i < nodes.Length; i++)
        {
            if (nodes[i].Mesh >= document.Meshes.Length)
                return $"nodes[{i}] names mesh {nodes[i].Mesh} of {document.Meshes.Length}";
            if (!nodes[i].Local.X.IsFinite || !nodes[i].Local.Y.IsFinite || !nodes[i].Local.Z.IsFinite || !nodes[i].Local.Translation.IsFinite)
                return $"nodes[{i}] has a transform that is not finite";
            if (CheckInstances(document, nodes[i].Instances) is { } error)
                return $"nodes[{i}] {error}";
            foreach (var child in nodes[i].Children)
            {
                if ((uint)child >= (uint)nodes.Length)
                    return $"nodes[{i}] names child {child} of {nodes.Length}";
                if (parentOf[child] >= 0)
                    return $"nodes[{child}] is a child of both nodes[{parentOf[child]}] and nodes[{i}]";
                parentOf[child] = i;
            }
        }
        foreach (var root in document.Roots)
        {
            if ((uint)root >= (uint)nodes.Length)
                return $"the scene names node {root} of {nodes.Length}";
        }
        return CircleAmong(nodes, parentOf);
    }

    private static string? CheckInstances(GltfDocument document, GltfAttribute[] instances)
    {
        var count = -1;
        foreach (var attribute in instances)
        {
            if ((uint)attribute.Accessor >= (uint)document.Accessors.Length)
                return $"names accessor {attribute.Accessor} of {document.Accessors.Length} as {attribute.Semantic}";
            var accessor = document.Accessors[attribute.Accessor];
            var components = attribute.Semantic switch
            {
                "TRANSLATION" or "SCALE" => 3,
                "ROTATION" => 4,
                _ => accessor.Components,
            };
            if (accessor.Components != components)
                return $"has instances whose {attribute.Semantic} has {accessor.Components} components";
            if (count >= 0 && count != accessor.Count)
                return $"has {count} instances, but {accessor.Count} of {attribute.Semantic}";
            count = accessor.Count;
        }
        return null;
    }

    private static string? CircleAmong(GltfNode[] nodes, int[] parentOf)
    {
        var reached = 0;
        var stack = new Stack<int>(Enumerable.Range(0, nodes.Length).Where(n => parentOf[n] < 0));
        while (stack.TryPop(out var node))
        {
            reached++;
            foreach (var child in nodes[node].Children)
                stack.Push(child);
        }
        return reached == nodes.Length ? null : "some nodes are their own ancestors";
    }
}
