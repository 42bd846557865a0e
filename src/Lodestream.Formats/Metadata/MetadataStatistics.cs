using System.Text.Json;
using Lodestream.Formats.Gltf;

namespace Lodestream.Formats.Metadata;

/// <summary>A tileset's <c>statistics</c>, read for one property at a time.</summary>
internal static class MetadataStatistics
{
    public static IReadOnlyDictionary<string, double[]> Read(ReadOnlySpan<byte> json, string @class, string property)
    {
        var found = new Dictionary<string, double[]>(StringComparer.Ordinal);
        try
        {
            var walker = new JsonWalker(json);
            if (!Enter(ref walker, "classes") || !Enter(ref walker, @class) || !Enter(ref walker, "properties") || !Enter(ref walker, property) || !walker.EnterObject())
                return found;
            while (walker.NextProperty())
            {
                var name = walker.Name();
                _ = walker.IsArrayNext;
                var numbers = MetadataJson.ReadNumbers(json[(int)walker.Offset..]);
                if (numbers.Length > 0)
                    found[name] = numbers;
                walker.SkipValue();
            }
        }
        catch (JsonException)
        {
            // Broken: there is as much as was read.
        }
        return found;
    }

    private static bool Enter(ref JsonWalker walker, string name)
    {
        if (!walker.EnterObject())
            return false;
        while (walker.NextProperty())
        {
            if (walker.Name() == name)
                return true;
            walker.SkipValue();
        }
        return false;
    }
}
