using System.Text.Json;
using System.Text.Json.Serialization;

namespace Lodestream.Server.Configuration;

/// <summary>The configuration file: options of a server that one does not type every day. Every one may be left out.</summary>
public sealed class ServerConfiguration
{
    // By reflection: generated code would set options that are left out to zero instead of their defaults.
    private static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
        RespectNullableAnnotations = true,
    };

    /// <summary>What a client may ask.</summary>
    public ServerLimits Limits { get; init; } = new();

    /// <summary>What is kept in memory.</summary>
    public CacheOptions Cache { get; init; } = new();

    /// <summary>What browsers are told.</summary>
    public SecurityOptions Security { get; init; } = new();

    /// <summary>Whether <c>/metrics</c> answers. Default true.</summary>
    public bool Metrics { get; init; } = true;

    /// <summary>Reads a configuration file: JSON with comments and trailing commas.</summary>
    /// <exception cref="ServeException">It cannot be read, is not valid JSON, names an unknown option or a value out of range; the message names file and place.</exception>
    public static ServerConfiguration Read(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            var configuration = JsonSerializer.Deserialize<ServerConfiguration>(file, Json)
                ?? throw new ServeException($"{path}: null is no configuration");
            configuration.Validate();
            return configuration;
        }
        catch (JsonException e)
        {
            var place = $"line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}";
            throw new ServeException($"{path}: {place}: {ReasonOf(e)}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ServeException($"{path}: {e.Message}", e);
        }
        catch (ServeException e)
        {
            throw new ServeException($"{path}: {e.Message}", e);
        }
    }

    internal void Validate()
    {
        Limits.Validate();
        Cache.Validate();
        Security.Validate();
    }

    private static string ReasonOf(JsonException e)
    {
        var option = e.Path?.TrimStart('$', '.') is { Length: > 0 } path ? path[..Math.Min(path.Length, 80)].ReplaceLineEndings(" ") : null;
        if (e.Message.Contains("could not be mapped", StringComparison.Ordinal))
            return $"no such option: {option}";
        return option is null ? "not valid JSON" : $"{option} has a value of the wrong kind, or the JSON is not valid there";
    }
}
