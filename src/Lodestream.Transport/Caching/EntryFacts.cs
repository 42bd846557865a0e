using System.Text.Json.Serialization;

namespace Lodestream.Transport.Caching;

/// <summary>What is kept beside a file's bytes. Short names: it is in every entry.</summary>
internal sealed record EntryFacts
{
    /// <summary>The entry's own key: one that lies under another's name is not taken for it.</summary>
    public required string Key { get; init; }

    /// <summary>Where the file came from, for people: without user, query and fragment, which may hold tokens.</summary>
    public required string Address { get; init; }

    /// <summary>Key of the URL that answered, which redirects may have led to: validators are shown to no other.</summary>
    public required string AnsweredBy { get; init; }

    public string? ETag { get; init; }

    public string? LastModified { get; init; }

    /// <summary>When the source last vouched for the file, UTC ticks.</summary>
    public long VouchedAt { get; init; }

    /// <summary>How long from then on it need not be asked, ticks.</summary>
    public long Lifetime { get; init; }

    /// <summary>The source forbids to hand it out unvalidated, even when the source cannot be asked.</summary>
    public bool MustRevalidate { get; init; }

    /// <summary>It came over plain http from another machine: transports that refuse that do not take it.</summary>
    public bool OverPlainHttp { get; init; }

    /// <summary>Of a part of a file: the length of the whole.</summary>
    public long WholeLength { get; init; }

    /// <summary>Whether the source need not be asked. With a clock that was set back nothing is known.</summary>
    public bool IsFresh(DateTimeOffset now) => now.UtcTicks >= VouchedAt && now.UtcTicks - VouchedAt < Lifetime;

    /// <summary>The address as it is kept: no user, no query, no fragment.</summary>
    public static string AddressOf(Uri uri) => uri.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);
}

[JsonSourceGenerationOptions(DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(EntryFacts))]
internal sealed partial class EntryFactsJson : JsonSerializerContext;

/// <summary>An entry that was read and whose digest is right.</summary>
internal sealed record CacheEntry(EntryFacts Facts, byte[] Body);
