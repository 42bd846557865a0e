using System.Globalization;
using System.Text.Json;

namespace Lodestream.Simulation;

/// <summary>A value in a JSON file that people write, with its place, so that whatever is wrong can be said with file and place.</summary>
internal readonly record struct JsonPlace(string File, string Path, JsonElement Element)
{
    /// <summary>Parses a file; comments and trailing commas are let through.</summary>
    /// <exception cref="FormatException">It is not JSON.</exception>
    public static JsonDocument Open(string file, ReadOnlyMemory<byte> json)
    {
        try
        {
            return JsonDocument.Parse(json, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        }
        catch (JsonException e)
        {
            throw new FormatException($"{file}: {e.Message}", e);
        }
    }

    public static JsonPlace Root(string file, JsonDocument document) => new(file, "", document.RootElement);

    public FormatException Fail(string what) => new(Path.Length == 0 ? $"{File}: {what}" : $"{File}: {Path}: {what}");

    public double Number(double least, double most)
    {
        if (Element.ValueKind != JsonValueKind.Number)
            throw Mistyped("a number");
        var number = Element.GetDouble();
        return number >= least && number <= most ? number : throw Fail(string.Create(CultureInfo.InvariantCulture, $"is {number}; it takes {least} to {most}"));
    }

    public ulong Whole() => Element.ValueKind == JsonValueKind.Number && Element.TryGetUInt64(out var whole) ? whole : throw Mistyped("a whole number from 0");

    public string Text() => Element.ValueKind == JsonValueKind.String ? Element.GetString()! : throw Mistyped("a string");

    public bool Truth() => Element.ValueKind is JsonValueKind.True or JsonValueKind.False ? Element.GetBoolean() : throw Mistyped("true or false");

    public IEnumerable<JsonPlace> Items()
    {
        if (Element.ValueKind != JsonValueKind.Array)
            throw Mistyped("a list");
        var self = this;
        return Element.EnumerateArray().Select((item, i) => new JsonPlace(self.File, $"{self.Path}[{i}]", item));
    }

    public IEnumerable<(string Name, JsonPlace Value)> Members()
    {
        if (Element.ValueKind != JsonValueKind.Object)
            throw Mistyped("an object");
        var self = this;
        return Element.EnumerateObject().Select(member => (member.Name, self.Below(member.Name, member.Value)));
    }

    public JsonPlace? Optional(string name)
    {
        if (Element.ValueKind != JsonValueKind.Object)
            throw Mistyped("an object");
        return Element.TryGetProperty(name, out var value) ? Below(name, value) : null;
    }

    public JsonPlace Required(string name) => Optional(name) ?? throw Fail($"'{name}' is missing");

    /// <summary>Refuses other names than these, and any twice.</summary>
    public void TakeOnly(params ReadOnlySpan<string> names)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (name, value) in Members())
        {
            if (!names.Contains(name))
                throw value.Fail($"is not known; there are {string.Join(", ", names)}");
            if (!seen.Add(name))
                throw value.Fail("is there twice");
        }
    }

    private JsonPlace Below(string name, JsonElement value) => new(File, Path.Length == 0 ? name : $"{Path}.{name}", value);

    private FormatException Mistyped(string takes) => Fail($"is {Kind()}; it takes {takes}");

    private string Kind() => Element.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => $"the number {Element.GetRawText()}",
        JsonValueKind.True or JsonValueKind.False => Element.GetRawText(),
        _ => "null",
    };
}
