using System.Text.Json;
using Lodestream.Formats.Gltf;
using Lodestream.Scene;
using Lodestream.Selection;

namespace Lodestream.Browser;

/// <summary>How a page wants a scene opened.</summary>
internal sealed record SceneOptions
{
    /// <summary>The core's options; it checks them itself.</summary>
    public StreamerOptions Streamer { get; private init; } = new();

    /// <summary>Name of what says which tiles are wanted: error (default), pyramid or proximity.</summary>
    public string Policy { get; private init; } = "error";

    /// <summary>How full tiles of a manifest are admitted, where tiles are selected by distance. Default: by their size.</summary>
    public AdmissionPolicy Admission { get; private init; } = AdmissionPolicy.Auto;

    /// <summary>What the page's GPU takes of Basis textures. Default: blocks.</summary>
    public TextureTranscoding Transcoding { get; private init; } = TextureTranscoding.Blocks;

    /// <summary>What the session's recording may take, bytes before it is packed; 0 for none. Default 16 MiB: half an hour of flight (docs/performance.md).</summary>
    public long RecordingBytes { get; private init; } = 16 << 20;

    /// <summary>Families that are fetched and drawn. Default: all.</summary>
    public FamilySet Families { get; private init; } = FamilySet.All;

    /// <summary>Whether and how meshes are merged. Default: in manifest scenes.</summary>
    public BatchSetting Batching { get; private init; } = new(null, new());

    /// <summary>Reads an object of options, each at its default where it is not named.</summary>
    /// <param name="json">JSON, from wwwroot/lodestream/opened-scene.js.</param>
    /// <exception cref="ArgumentException">An option is not known, of the wrong type, or out of its range; the message names it.</exception>
    public static SceneOptions Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        var options = new SceneOptions();
        JsonElement? batching = null;
        foreach (var property in document.RootElement.EnumerateObject())
        {
            if (property.NameEquals("batching"))
                batching = property.Value;
            else
                options = options.With(property.Name, property.Value);
        }
        if (options.Streamer.Proximity is { } proximity)
            options = options with { Streamer = options.Streamer with { Proximity = proximity with { OutOfCore = proximity.OutOfCore with { Policy = options.Admission } } } };
        return options with { Batching = BatchSetting.Read(batching, options.Streamer.MemoryBudgetBytes) };
    }

    /// <summary>The whole number that an option is.</summary>
    /// <exception cref="ArgumentException">It is none.</exception>
    internal static long WholeNumber(string name, JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.GetDouble() is var number && Math.Abs(number) <= 1e15 && Math.Floor(number) == number ? (long)number : throw Wrong(name, value, "a whole number");

    /// <summary>The same, as near as 32 bits come to it: what is beyond them is out of every option's range.</summary>
    internal static int Narrow(string name, JsonElement value) => (int)Math.Clamp(WholeNumber(name, value), int.MinValue, int.MaxValue);

    /// <summary>What to say of a value that an option does not take.</summary>
    internal static ArgumentException Wrong(string name, JsonElement value, string range) => new($"{name} is {value.GetRawText()}; it takes {range}.");

    private SceneOptions With(string name, JsonElement value) => name switch
    {
        "memoryBudgetBytes" => this with { Streamer = Streamer with { MemoryBudgetBytes = Bytes(name, value) } },
        "maximumRequests" => this with { Streamer = Streamer with { MaximumRequests = Narrow(name, value) } },
        "maximumRequestsPerHost" => this with { Streamer = Streamer with { MaximumRequestsPerHost = Narrow(name, value) } },
        "uploadBudgetMs" => this with { Streamer = Streamer with { UploadBudgetMs = Number(name, value) } },
        "labelFadeMs" => this with { Streamer = Streamer with { Labels = Streamer.Labels with { FadeMs = Number(name, value) } } },
        "policy" => WithPolicy(value),
        "admission" => this with { Admission = AdmissionOf(value) },
        "transcodesToPixels" => this with { Transcoding = IsTrue(name, value) ? TextureTranscoding.Pixels : TextureTranscoding.Blocks },
        "recordingBytes" => this with { RecordingBytes = Bytes(name, value) is >= 0 and var bytes ? bytes : throw Wrong(name, value, "0 bytes or more") },
        "hiddenFamilies" => this with { Families = Without(name, value) },
        _ => throw new ArgumentException($"{name} is no option."),
    };

    private SceneOptions WithPolicy(JsonElement value) => (value.ValueKind == JsonValueKind.String ? value.GetString() : null) switch
    {
        "error" => this,
        "pyramid" => this with { Policy = "pyramid", Streamer = Streamer with { Pyramid = new() } },
        "proximity" => this with { Policy = "proximity", Streamer = Streamer with { Proximity = new() } },
        _ => throw Wrong("policy", value, "error, pyramid or proximity"),
    };

    private static AdmissionPolicy AdmissionOf(JsonElement value) => (value.ValueKind == JsonValueKind.String ? value.GetString() : null) switch
    {
        "auto" => AdmissionPolicy.Auto,
        "whole" => AdmissionPolicy.Whole,
        "out-of-core" => AdmissionPolicy.OutOfCore,
        _ => throw Wrong("admission", value, "auto, whole or out-of-core"),
    };

    internal static double Number(string name, JsonElement value) => value.ValueKind == JsonValueKind.Number ? value.GetDouble() : throw Wrong(name, value, "a number");

    // A part of a byte is none: pages reckon in MiB.
    private static long Bytes(string name, JsonElement value) => (long)Math.Clamp(Number(name, value), long.MinValue, long.MaxValue);

    private static bool IsTrue(string name, JsonElement value) => value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw Wrong(name, value, "true or false");

    private FamilySet Without(string name, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array)
            throw Wrong(name, value, "an array of families");
        var families = Families;
        foreach (var item in value.EnumerateArray())
            families = item.ValueKind == JsonValueKind.String && FamilyNames.TryParse(item.GetString(), out var family) ? families.Without(family) : throw Wrong(name, value, "an array of families");
        return families;
    }
}
