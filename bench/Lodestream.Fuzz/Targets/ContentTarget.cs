using Lodestream.Formats;
using Lodestream.Formats.Preparing;
using Lodestream.Formats.Tests.Gltf;
using Lodestream.Scene;

namespace Lodestream.Fuzz.Targets;

/// <summary>Contents: b3dm, i3dm, pnts, cmpt, glb and glTF with their tables and metadata, as the preparer opens and verifies them.</summary>
internal static class ContentTarget
{
    // The streamer lets a content proceed when what it takes fits its budget: more is not prepared here either.
    private const long Budget = 64 << 20;

    public static Parsed Parse(byte[] bytes)
    {
        _ = ContentSniffer.FormatOf(bytes.AsSpan(0, Math.Min(64, bytes.Length)));
        var files = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        var set = new ContentFileSet();
        while (true)
        {
            var outcome = ContentReader.Open(bytes, bytes.Length % 3 == 0 ? UpAxis.Z : UpAxis.Y, set, files, out var content);
            if (!outcome.IsOk)
                return new(outcome.Error ?? "", null);
            if (set.Missing.Count == 0)
                return new(null, content ?? throw new InvalidOperationException("neither content nor error"));
            foreach (var missing in set.Missing.ToArray())
                Supply(set, files, missing);
        }
    }

    public static void Look(object kept)
    {
        var content = (PreparedContent)kept;
        if (content.Cost.GeometryBytes > Budget || content.Cost.TextureBytes > Budget)
            return;
        if (content.Cost.GeometryBytes < 0 || content.Cost.TextureBytes < 0 || content.Cost.DecodedBytes < 0)
            throw new InvalidOperationException($"costs less than nothing: {content.Cost}");
        if (content.Verify(static () => false) is { } error)
        {
            Judge.CheckMessage(error);
            return;
        }
        foreach (var model in content.Models)
            LookAt(model);
        foreach (var points in content.PointClouds)
            LookAt(points);
    }

    private static void Supply(ContentFileSet set, Dictionary<string, ReadOnlyMemory<byte>> files, in MissingFile missing)
    {
        byte[]? bytes = missing.Reference.Length % 7 == 6 ? null
            : missing.Reference.EndsWith(".glb", StringComparison.Ordinal) ? GltfBytes.TriangleGlb()
            : missing.Reference.EndsWith(".json", StringComparison.Ordinal) ? WrittenSeeds.Schema
            : missing.Reference.EndsWith(".png", StringComparison.Ordinal) ? WrittenSeeds.Png
            : new byte[2048];
        set.Add(missing.Reference, bytes is null ? null : ContentBytes.Of(bytes));
        if (bytes is not null)
            files[missing.Reference] = bytes;
    }

    private static void LookAt(PreparedModel model)
    {
        if (model.ReadBatchTable(out var error) is { } batch)
            LookAt(batch);
        Judge.CheckMessage(error);
        for (var a = 0; a < Math.Min(64, model.Document.Accessors.Length); a++)
        {
            var accessor = model.Document.Accessors[a];
            if (accessor.Count == 0 || IsCompressed(model, accessor.BufferView) || (accessor.Sparse is { } sparse && (IsCompressed(model, sparse.IndicesView) || IsCompressed(model, sparse.ValuesView))))
                continue;
            _ = model.View(a).Component(0, accessor.Components - 1) + model.View(a).Component(accessor.Count - 1, 0);
        }
        if (model.InstanceCount > 0)
            _ = (model.InstanceTransform(model.InstanceCount - 1), model.InstanceBatchId(model.InstanceCount - 1));
        foreach (var node in model.Document.Nodes.Take(64))
        {
            if (model.NodeInstanceCount(node) is var count and > 0)
                _ = model.NodeInstanceTransform(node, count - 1);
        }
        LookAtFeatures(model);
        if (model.ReadMetadata(out error) is { } metadata)
            LookAt(metadata);
        Judge.CheckMessage(error);
    }

    private static void LookAtFeatures(PreparedModel model)
    {
        foreach (var primitive in model.Document.Meshes.SelectMany(mesh => mesh.Primitives).Take(16))
        {
            if (model.IsCompressed(primitive) || primitive.Attributes.Length == 0 || model.Document.Accessors[primitive.Attributes[0].Accessor].Count == 0)
                continue;
            foreach (var set in primitive.Features.FeatureIds)
            {
                _ = model.FeatureId(set, primitive.Attributes, 0);
                if (set.Texture is not null)
                    _ = PreparedModel.FeatureIdOf(set, [1, 2, 3, 4]);
            }
        }
    }

    public static void LookAt(ModelMetadata metadata)
    {
        MetadataTargets.LookAt(metadata.Schema);
        for (var table = 0; table < Math.Min(16, metadata.Tables.Count); table++)
        {
            Judge.CheckMessage(metadata.ErrorOf(table));
            foreach (var (_, value) in metadata.Row(table, 0).Concat(metadata.Row(table, metadata.Tables[table].Count - 1)).Concat(metadata.Row(table, metadata.Tables[table].Count)))
                _ = value.ToString();
        }
        for (var number = 0; number < 4; number++)
        {
            _ = metadata.AttributeValues(number, name => new byte[name.Length]);
            _ = metadata.TextureValues(number, texture => new byte[texture.Channels.Length]);
        }
    }

    public static void LookAt(Formats.Legacy.BatchTable batch)
    {
        foreach (var id in (ReadOnlySpan<int>)[0, batch.Length / 2, batch.Length - 1, batch.Length, -1])
        {
            foreach (var (_, value) in batch.Row(id))
                _ = value.ToString();
        }
        if (batch.Properties.Count > 0)
            _ = batch.Value(batch.Properties.First(), 0);
    }

    private static void LookAt(PreparedPoints points)
    {
        if (points.ReadBatchTable(out var error) is { } batch)
            LookAt(batch);
        Judge.CheckMessage(error);
        if (points.Count == 0 || points.IsCompressed)
            return;
        foreach (var index in (ReadOnlySpan<int>)[0, points.Count - 1])
        {
            _ = (points.Position(index), points.Color(index), points.BatchId(index));
            if (points.Part.Points.HasNormals)
                _ = points.Normal(index);
        }
    }

    private static bool IsCompressed(PreparedModel model, int view) => view >= 0 && model.Document.BufferViews[view].IsCompressed;
}
