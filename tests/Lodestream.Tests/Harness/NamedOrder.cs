using Lodestream.Streaming;

namespace Lodestream.Tests.Harness;

/// <summary>Priorities by the names of contents: those in the list first, in its order; the others after them.</summary>
internal sealed class NamedOrder(params string[] names) : IPriorityModel
{
    public string[] Names { get; set; } = names;

    public void Order(in PriorityInputs inputs, Span<Demand> demands)
    {
        foreach (ref var demand in demands)
        {
            var name = Path.GetFileNameWithoutExtension(inputs.Tree.Contents.Uri(demand.Content));
            var place = Array.IndexOf(Names, name);
            demand.Priority = place < 0 ? -1000 : -place;
        }
    }
}
