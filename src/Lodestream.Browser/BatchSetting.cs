using System.Text.Json;
using Lodestream.Presentation.Batching;
using Lodestream.Scene;

namespace Lodestream.Browser;

/// <summary>Whether a page's scene is batched, and how: as <c>LodestreamTiles.open</c> was asked.</summary>
/// <param name="Wanted">True and false as asked; null for manifest scenes only.</param>
/// <param name="Options">How.</param>
internal sealed record BatchSetting(bool? Wanted, BatchOptions Options)
{
    // Of a scene's memory, where the page names no other share: merged copies of what a city draws are smaller than what it holds.
    private const int BudgetShare = 8;

    private const int LargestShare = 2;

    /// <summary>Reads the option: empty for its default, <c>true</c>, <c>false</c>, or an object of options.</summary>
    /// <param name="text">JSON.</param>
    /// <param name="budgetBytes">The scene's memory.</param>
    /// <exception cref="ArgumentException">An option is not known, of the wrong type, or out of its range; the message names it.</exception>
    public static BatchSetting Parse(string text, long budgetBytes)
    {
        var options = new BatchOptions();
        options = options with { MemoryBytes = Math.Min(options.MemoryBytes, budgetBytes / BudgetShare) };
        if (text.Length == 0)
            return new(null, options);
        using var document = JsonDocument.Parse(text);
        if (document.RootElement.ValueKind is JsonValueKind.True or JsonValueKind.False)
            return new(document.RootElement.ValueKind == JsonValueKind.True, options);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
            throw new ArgumentException($"batching is {text}; it takes true, false, or an object of options.");
        foreach (var property in document.RootElement.EnumerateObject())
            options = With(options, property.Name, property.Value);
        options.Validate();
        return new(true, options with { MemoryBytes = Math.Min(options.MemoryBytes, budgetBytes / LargestShare) });
    }

    /// <summary>Whether a scene is batched whose document is known.</summary>
    public bool Holds(TileTree tree) => Wanted ?? ProximityTable.Of(tree, tree.Links[TileTree.SceneRoot].FirstChild) is not null;

    private static BatchOptions With(BatchOptions options, string name, JsonElement value)
    {
        if (name == "cellSize")
            return options with { CellSize = SizeOf(value) };
        var number = NumberOf(name, value);
        return name switch
        {
            "leastMeshes" => options with { LeastMeshes = Narrow(number) },
            "cellsPerTick" => options with { CellsPerTick = Narrow(number) },
            "buildsPerTick" => options with { BuildsPerTick = Narrow(number) },
            "swapsPerTick" => options with { SwapsPerTick = Narrow(number) },
            "verticesPerTick" => options with { VerticesPerTick = Narrow(number) },
            "indicesPerTick" => options with { IndicesPerTick = Narrow(number) },
            "bytesPerTick" => options with { BytesPerTick = number },
            "cellVertices" => options with { CellVertices = Narrow(number) },
            "cellIndices" => options with { CellIndices = Narrow(number) },
            "cellBytes" => options with { CellBytes = number },
            "recentFrames" => options with { RecentFrames = Narrow(number) },
            "quiescenceFrames" => options with { QuiescenceFrames = Narrow(number) },
            "releaseFrames" => options with { ReleaseFrames = Narrow(number) },
            "memoryBytes" => options with { MemoryBytes = number },
            _ => throw new ArgumentException($"batching.{name} is no option."),
        };
    }

    private static int Narrow(long number) => (int)Math.Clamp(number, int.MinValue, int.MaxValue);

    private static long NumberOf(string name, JsonElement value) => value.ValueKind == JsonValueKind.Number && value.GetDouble() is var number && Math.Abs(number) <= 1e15 && Math.Floor(number) == number
        ? (long)number : throw new ArgumentException($"batching.{name} is {value.GetRawText()}; it takes a whole number.");

    private static Geometry.Vector3d SizeOf(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() != 3)
            throw new ArgumentException($"batching.cellSize is {value.GetRawText()}; it takes three lengths in metres.");
        Span<double> size = stackalloc double[3];
        for (var i = 0; i < 3; i++)
        {
            if (value[i].ValueKind != JsonValueKind.Number)
                throw new ArgumentException($"batching.cellSize is {value.GetRawText()}; it takes three lengths in metres.");
            size[i] = value[i].GetDouble();
        }
        return new(size[0], size[1], size[2]);
    }
}
