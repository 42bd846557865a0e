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

    /// <summary>Reads the option: <c>true</c>, <c>false</c>, or an object of options.</summary>
    /// <param name="value">JSON; null for the default.</param>
    /// <param name="budgetBytes">The scene's memory.</param>
    /// <exception cref="ArgumentException">An option is not known, of the wrong type, or out of its range; the message names it.</exception>
    public static BatchSetting Read(JsonElement? value, long budgetBytes)
    {
        var options = new BatchOptions();
        options = options with { MemoryBytes = Math.Min(options.MemoryBytes, budgetBytes / BudgetShare) };
        if (value is not { } asked)
            return new(null, options);
        if (asked.ValueKind is JsonValueKind.True or JsonValueKind.False)
            return new(asked.GetBoolean(), options);
        if (asked.ValueKind != JsonValueKind.Object)
            throw SceneOptions.Wrong("batching", asked, "true, false, or an object of options");
        foreach (var property in asked.EnumerateObject())
            options = With(options, property.Name, property.Value);
        options.Validate();
        return new(true, options with { MemoryBytes = Math.Min(options.MemoryBytes, budgetBytes / LargestShare) });
    }

    /// <summary>Whether a scene is batched whose document is known.</summary>
    public bool Holds(TileTree tree) => Wanted ?? ProximityTable.Of(tree, tree.Links[TileTree.SceneRoot].FirstChild) is not null;

    private static BatchOptions With(BatchOptions options, string name, JsonElement value)
    {
        var option = $"batching.{name}";
        return name switch
        {
            "cellSize" => options with { CellSize = SizeOf(option, value) },
            "coarseCellScale" => options with { CoarseCellScale = SceneOptions.Number(option, value) },
            "leastMeshes" => options with { LeastMeshes = SceneOptions.Narrow(option, value) },
            "cellsPerTick" => options with { CellsPerTick = SceneOptions.Narrow(option, value) },
            "buildsPerTick" => options with { BuildsPerTick = SceneOptions.Narrow(option, value) },
            "swapsPerTick" => options with { SwapsPerTick = SceneOptions.Narrow(option, value) },
            "verticesPerTick" => options with { VerticesPerTick = SceneOptions.Narrow(option, value) },
            "indicesPerTick" => options with { IndicesPerTick = SceneOptions.Narrow(option, value) },
            "bytesPerTick" => options with { BytesPerTick = SceneOptions.WholeNumber(option, value) },
            "cellVertices" => options with { CellVertices = SceneOptions.Narrow(option, value) },
            "cellIndices" => options with { CellIndices = SceneOptions.Narrow(option, value) },
            "cellBytes" => options with { CellBytes = SceneOptions.WholeNumber(option, value) },
            "recentFrames" => options with { RecentFrames = SceneOptions.Narrow(option, value) },
            "quiescenceFrames" => options with { QuiescenceFrames = SceneOptions.Narrow(option, value) },
            "releaseFrames" => options with { ReleaseFrames = SceneOptions.Narrow(option, value) },
            "memoryBytes" => options with { MemoryBytes = SceneOptions.WholeNumber(option, value) },
            _ => throw new ArgumentException($"{option} is no option."),
        };
    }

    private static Geometry.Vector3d SizeOf(string option, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() != 3 || value.EnumerateArray().Any(length => length.ValueKind != JsonValueKind.Number))
            throw SceneOptions.Wrong(option, value, "three lengths in metres");
        return new(value[0].GetDouble(), value[1].GetDouble(), value[2].GetDouble());
    }
}
