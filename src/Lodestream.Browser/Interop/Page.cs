using System.Runtime.InteropServices.JavaScript;

namespace Lodestream.Browser.Interop;

/// <summary>What C# asks of the page outside the command stream, answered at once.</summary>
internal static partial class Page
{
    /// <summary>Name under which wwwroot/lodestream/runtime.js offers these functions.</summary>
    private const string Module = "lodestream";

    /// <summary>Copies a range of a payload into this memory.</summary>
    [JSImport("copyRange", Module)]
    public static partial void CopyRange(int scene, double payload, double offset, int length, int address);

    /// <summary>Measures labels: a JSON array of name, kind and rank of each. Writes left, top, right and bottom of each to this memory, as 64-bit floating-point numbers.</summary>
    [JSImport("measureLabels", Module)]
    public static partial void MeasureLabels(int scene, string labels, int address);

    /// <summary>Hands out a text the page kept for an event, and forgets it.</summary>
    [JSImport("takeText", Module)]
    public static partial string TakeText(int scene, int text);

    /// <summary>Hands out numbers the page kept for an event, and forgets them.</summary>
    [JSImport("takeNumbers", Module)]
    [return: JSMarshalAs<JSType.Array<JSType.Number>>]
    public static partial double[] TakeNumbers(int scene, int numbers);
}
