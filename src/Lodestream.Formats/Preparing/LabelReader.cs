using Lodestream.Formats.Gltf;
using Lodestream.Formats.Metadata;
using Lodestream.Presentation.Labels;
using Lodestream.Scene;

namespace Lodestream.Formats.Preparing;

/// <summary>Measures what labels cover of the screen; only who draws them knows the font.</summary>
public interface ILabelMeasure
{
    /// <summary>Measures labels.</summary>
    /// <param name="labels">Names, kinds and ranks; their boxes are empty.</param>
    /// <param name="boxes">One for each label.</param>
    void Measure(ReadOnlySpan<Label> labels, Span<LabelBox> boxes);
}

/// <summary>Guesses by the number of characters, for hosts that draw no text or measure it elsewhere.</summary>
/// <param name="fontPx">Size of the font, pixels.</param>
public sealed class EstimatedLabelMeasure(float fontPx = 13) : ILabelMeasure
{
    // Of the font's size: the mean width of Latin letters in sans-serif fonts, and the height of a line.
    private const float LetterWidth = 0.56f, LineHeight = 1.3f;

    /// <inheritdoc />
    public void Measure(ReadOnlySpan<Label> labels, Span<LabelBox> boxes)
    {
        for (var i = 0; i < labels.Length; i++)
        {
            var (half, height) = (labels[i].Name.Length * fontPx * LetterWidth / 2, fontPx * LineHeight);
            boxes[i] = new(-half, -height / 2, half, height / 2);
        }
    }
}

/// <summary>
/// Reads labels: points with feature ids (EXT_mesh_features) into a property table (EXT_structural_metadata) of the class <c>label</c>, with the
/// properties <c>name</c>, <c>id</c>, <c>rank</c> (255 where there is none) and <c>kind</c>. A label without an id is told by its name and kind.
/// </summary>
public static class LabelReader
{
    private const string ClassName = "label";

    /// <summary>Reads the labels of a content.</summary>
    /// <param name="content">The content; what is not points with such features is left out.</param>
    /// <param name="measure">Measures them.</param>
    /// <param name="labels">The labels, where it went well; none is fine.</param>
    public static ReadOutcome Read(PreparedContent content, ILabelMeasure measure, out LabelSet labels)
    {
        ArgumentNullException.ThrowIfNull(content);
        ArgumentNullException.ThrowIfNull(measure);
        labels = new([]);
        var read = new List<Label>();
        foreach (var model in content.Models)
        {
            if (model.Document.Metadata is null)
                continue;
            var metadata = model.ReadMetadata(out var error);
            if (metadata is null)
                return ReadOutcome.Malformed($"has labels whose {error}");
            if (ReadModel(model, metadata, read) is { } wrong)
                return wrong;
        }
        var (found, boxes) = (read.ToArray(), new LabelBox[read.Count]);
        measure.Measure(found, boxes);
        for (var i = 0; i < found.Length; i++)
            found[i] = found[i] with { Box = boxes[i] };
        labels = new(found);
        return ReadOutcome.Ok;
    }

    private static ReadOutcome? ReadModel(PreparedModel model, ModelMetadata metadata, List<Label> into)
    {
        var world = model.Document.WorldTransforms();
        foreach (var number in model.Document.SceneNodes())
        {
            var node = model.Document.Nodes[number];
            if (node.Mesh < 0)
                continue;
            foreach (var primitive in model.Document.Meshes[node.Mesh].Primitives)
            {
                if (TableOf(primitive, metadata) is not { } set)
                    continue;
                if (model.IsCompressed(primitive))
                    return ReadOutcome.NotSupported("labels in compressed buffer views");
                if (metadata.ErrorOf(set.PropertyTable) is { } error)
                    return ReadOutcome.Malformed($"has labels in a broken property table: {error}");
                if (ReadPoints(model, primitive, set, metadata, model.Part.Frame * world[number], into) is { } wrong)
                    return wrong;
            }
        }
        return null;
    }

    private static GltfFeatureIds? TableOf(GltfPrimitive primitive, ModelMetadata metadata)
    {
        if (primitive.Mode != GltfPrimitiveMode.Points)
            return null;
        foreach (var set in primitive.Features.FeatureIds)
        {
            if (set.Texture is null && (uint)set.PropertyTable < (uint)metadata.Tables.Count && metadata.Tables[set.PropertyTable].Class.Id == ClassName)
                return set;
        }
        return null;
    }

    private static ReadOutcome? ReadPoints(PreparedModel model, GltfPrimitive primitive, GltfFeatureIds set, ModelMetadata metadata, Geometry.Transform3d toContent, List<Label> into)
    {
        var position = primitive.Find("POSITION");
        if (position < 0)
            return null;
        var positions = model.View(position);
        for (var i = 0; i < positions.Accessor.Count; i++)
        {
            var feature = model.FeatureId(set, primitive.Attributes, i);
            if (metadata.Value(set.PropertyTable, feature, "name").Text is not { Length: > 0 } name)
                continue;
            var at = toContent.Point(positions.Vector(i));
            if (!at.IsFinite)
                return ReadOutcome.Malformed($"has a label whose position is not finite, \"{name}\"");
            var kind = TextOf(metadata.Value(set.PropertyTable, feature, "kind"));
            var (rank, id) = (metadata.Value(set.PropertyTable, feature, "rank"), metadata.Value(set.PropertyTable, feature, "id"));
            into.Add(new(
                id.Kind == MetadataKind.Integer ? unchecked((uint)id.Integer) : HashOf(name, kind), name, kind,
                rank.IsNone ? byte.MaxValue : (byte)Math.Clamp(rank.Number, 0, byte.MaxValue), at, default));
        }
        return null;
    }

    // An enum's name is as good as a text.
    private static string TextOf(in MetadataValue value) => value.Text ?? "";

    // FNV-1a: the same for the same label wherever it is read.
    private static uint HashOf(string name, string kind)
    {
        var hash = 2166136261u;
        foreach (var text in (ReadOnlySpan<string>)[kind, "\0", name])
        {
            foreach (var letter in text)
                hash = (hash ^ letter) * 16777619u;
        }
        return hash;
    }
}
