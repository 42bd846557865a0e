using Lodestream.Geometry;

namespace Lodestream.Presentation.Labels;

/// <summary>
/// What a label covers of the screen, from the pixel its position is seen at: x to the right, y down, in the pixels of
/// <see cref="Selection.View.ViewportWidth"/>. Whoever prepares a content knows the font, so it is measured there.
/// </summary>
/// <param name="Left">Left edge; usually less than 0.</param>
/// <param name="Top">Upper edge; usually less than 0.</param>
/// <param name="Right">Right edge.</param>
/// <param name="Bottom">Lower edge.</param>
public readonly record struct LabelBox(float Left, float Top, float Right, float Bottom);

/// <summary>A name at a place.</summary>
/// <param name="Id">Tells it from others: labels of one id in several contents are one label.</param>
/// <param name="Name">What is written.</param>
/// <param name="Kind">What it names (<c>town</c>, <c>lake</c>, …); says how it is written.</param>
/// <param name="Rank">How important it is: 0 and 1 the most, 255 the least.</param>
/// <param name="Position">Where it is, metres, in the content's frame (<see cref="Scene.TileTree.Transform"/> goes on to the scene's).</param>
/// <param name="Box">What it covers of the screen.</param>
public readonly record struct Label(uint Id, string Name, string Kind, byte Rank, Vector3d Position, LabelBox Box);

/// <summary>The labels of a content of the family <see cref="Scene.ContentFamily.Label"/>; a preparer hands them in with <see cref="Streaming.InboxMessage.Labels"/>.</summary>
public sealed class LabelSet
{
    private readonly Label[] _labels;

    /// <summary>Keeps labels.</summary>
    /// <param name="labels">The labels.</param>
    /// <exception cref="ArgumentException">A position or a box is not finite.</exception>
    public LabelSet(ReadOnlySpan<Label> labels)
    {
        foreach (ref readonly var label in labels)
        {
            var box = label.Box;
            if (!label.Position.IsFinite || !float.IsFinite(box.Left) || !float.IsFinite(box.Top) || !float.IsFinite(box.Right) || !float.IsFinite(box.Bottom))
                throw new ArgumentException($"The label {label.Id} has a position or a box that is not finite.", nameof(labels));
        }
        _labels = labels.ToArray();
    }

    /// <summary>The labels.</summary>
    public ReadOnlySpan<Label> Labels => _labels;
}
