using System.Text.Json;
using Lodestream.Formats.Tiles3D;
using Lodestream.Scene;

namespace Lodestream.Formats.Manifest;

/// <summary>
/// Reads a scene manifest, version 3 or 4, to a <see cref="TileBlock"/>: all at once with <see cref="Read"/>, or in steps that fit a
/// frame. Below an ADD root without content each entry is a chain of REPLACE tiles: HLODs (the farthest first), LODs (the coarsest
/// first), the full tile. Positions, y up in metres, are turned to z up. The block's document is the <see cref="ProximityTable"/>.
/// <para>
/// Malformed JSON, another version and a manifest without a usable tile are errors. A tile without a path or bounds is named in a warning
/// and skipped; other values that cannot be used are named and their defaults taken. Unknown properties are passed over.
/// </para>
/// </summary>
public sealed class ManifestReader
{
    private readonly ManifestParser _parser;
    private readonly TilesetParent _parent;
    private ManifestAssembler? _assembler;

    /// <summary>Makes a reader.</summary>
    /// <param name="json">The manifest, UTF-8; must not change while it is read.</param>
    /// <param name="uri">Its absolute URI.</param>
    /// <param name="parent">What it inherits from the tile that names it; <see cref="TilesetParent.Scene"/> for a scene's own.</param>
    public ManifestReader(ReadOnlyMemory<byte> json, string uri, in TilesetParent parent)
    {
        ArgumentException.ThrowIfNullOrEmpty(uri);
        (_parser, _parent) = (new(json, uri), parent);
    }

    /// <summary>The outcome; null until <see cref="Step"/> has answered true.</summary>
    public TilesetResult? Result { get; private set; }

    /// <summary>Reads on. A unit of budget is a JSON token, about; a step may exceed its budget by one entry.</summary>
    /// <param name="budget">Units to spend, at least 1.</param>
    /// <returns>Whether the outcome is there.</returns>
    public bool Step(int budget)
    {
        if (Result is not null)
            return true;
        var document = _parser.Document;
        if (_assembler is null)
        {
            if (!_parser.Step(budget))
                return false;
            if (document.Error is null)
            {
                _assembler = new(document, _parent);
                return false;
            }
        }
        else if (!_assembler.Step(budget))
        {
            return false;
        }
        var error = _assembler?.RootError ?? double.NaN;
        Result = new(document.Error is null ? _assembler!.Block : null, document.Error, document.IsUnsupported, [.. document.Warnings], document.WarningCount, error);
        return true;
    }

    /// <summary>Reads a manifest at once.</summary>
    /// <inheritdoc cref="ManifestReader(ReadOnlyMemory{byte}, string, in TilesetParent)"/>
    public static TilesetResult Read(ReadOnlyMemory<byte> json, string uri, in TilesetParent parent)
    {
        var reader = new ManifestReader(json, uri, parent);
        while (!reader.Step(int.MaxValue))
        {
        }
        return reader.Result!;
    }

    /// <summary>The version that a manifest's beginning states; null where it is no manifest or says none so early.</summary>
    /// <param name="start">The document or its beginning.</param>
    public static int? VersionOf(ReadOnlySpan<byte> start)
    {
        if (!IsManifest(start))
            return null;
        try
        {
            var reader = new Utf8JsonReader(start[ByteOrderMark.LengthIn(start)..], isFinalBlock: false, default);
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isVersion = reader.ValueTextEquals("version"u8);
                if (!reader.TrySkip())
                    return null;
                if (isVersion)
                    return reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var version) ? version : null;
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Whoever opens it is told what is wrong.
        }
        return null;
    }

    /// <summary>Whether a JSON document is a manifest, by the names of its first properties; a tileset has others.</summary>
    /// <param name="start">The document or its beginning; a few kilobytes tell.</param>
    public static bool IsManifest(ReadOnlySpan<byte> start)
    {
        const int looked = 1 << 16;
        start = start[ByteOrderMark.LengthIn(start)..];
        try
        {
            var reader = new Utf8JsonReader(start[..Math.Min(looked, start.Length)], isFinalBlock: false, default);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
                return false;
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("asset"u8) || reader.ValueTextEquals("root"u8) || reader.ValueTextEquals("geometricError"u8))
                    return false;
                if (reader.ValueTextEquals("tiles"u8) || reader.ValueTextEquals("streaming_defaults"u8) || reader.ValueTextEquals("partitioning_mode"u8)
                    || reader.ValueTextEquals("shared_bucket"u8) || reader.ValueTextEquals("interior_zone"u8))
                    return true;
                if (!reader.TrySkip())
                    return false;
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Then the tileset's reader says what is wrong with it.
        }
        return false;
    }
}
