using System.IO.Compression;
using System.Text.Json;

namespace Lodestream.Server.Scenes;

/// <summary>What a look at a document's head told.</summary>
/// <param name="Version">The 3D Tiles version it states, or null if it is no tileset.</param>
/// <param name="Problem">Why it is no tileset, with the place, or null.</param>
internal readonly record struct TilesetProbeResult(string? Version, string? Problem);

/// <summary>
/// Tells a 3D Tiles document from any other JSON: an object with <c>asset.version</c> and a <c>root</c> object
/// (OGC 22-025r4, §7). It stops reading as soon as both were met, so that a tileset of a hundred megabytes costs a few
/// kilobytes; whether the rest is sound is for whoever streams it.
/// </summary>
internal static class TilesetProbe
{
    private const int InitialBufferBytes = 16 * 1024;

    /// <summary>The longest single token (a string, a number) that is still believed to be part of a tileset.</summary>
    private const int MaxTokenBytes = 4 * 1024 * 1024;

    private static ReadOnlySpan<byte> Utf8ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>Looks at a file.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public static TilesetProbeResult Read(string path) => Read(() => File.OpenRead(path));

    /// <summary>Looks at a document that can be opened more than once.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static TilesetProbeResult Read(Func<Stream> open)
    {
        using var stream = IsGzip(open) ? new GZipStream(open(), CompressionMode.Decompress) : open();
        try
        {
            return Scan(stream);
        }
        catch (JsonException e)
        {
            return new(null, $"line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}: not valid JSON");
        }
        catch (InvalidOperationException)
        {
            return new(null, "not valid JSON: a text in it is not Unicode");
        }
        catch (InvalidDataException)
        {
            return new(null, "a damaged gzip stream");
        }
    }

    private static bool IsGzip(Func<Stream> open)
    {
        using var head = open();
        return head.ReadByte() == 0x1F && head.ReadByte() == 0x8B;
    }

    private static TilesetProbeResult Scan(Stream stream)
    {
        var buffer = new byte[InitialBufferBytes];
        var filled = stream.ReadAtLeast(buffer, Utf8ByteOrderMark.Length, throwOnEndOfStream: false);
        if (buffer.AsSpan(0, filled).StartsWith(Utf8ByteOrderMark))
        {
            filled -= Utf8ByteOrderMark.Length;
            buffer.AsSpan(Utf8ByteOrderMark.Length, filled).CopyTo(buffer);
        }

        var head = new TilesetHead();
        var state = new JsonReaderState();
        for (var final = false; !final;)
        {
            var read = stream.Read(buffer, filled, buffer.Length - filled);
            filled += read;
            final = read == 0 && filled < buffer.Length;

            var reader = new Utf8JsonReader(buffer.AsSpan(0, filled), final, state);
            if (head.Advance(ref reader))
                return head.Result;

            state = reader.CurrentState;
            var consumed = (int)reader.BytesConsumed;
            filled -= consumed;
            buffer.AsSpan(consumed, filled).CopyTo(buffer);
            if (filled == buffer.Length)
            {
                if (buffer.Length >= MaxTokenBytes)
                    return new(null, $"a JSON token longer than {MaxTokenBytes} bytes");
                Array.Resize(ref buffer, buffer.Length * 2);
            }
        }

        return head.Result;
    }

    /// <summary>The state of the scan: which members of the document and of its asset were met so far.</summary>
    private struct TilesetHead
    {
        private Member _member;
        private bool _versionIsNext;
        private bool _hasRoot;
        private string? _version;

        private enum Member : byte
        {
            Other,
            Asset,
            Root,
        }

        /// <summary>What was learned.</summary>
        public readonly TilesetProbeResult Result => (_version, _hasRoot) switch
        {
            (null, _) => new(null, "no asset.version: not a 3D Tiles document"),
            (_, false) => new(null, "no root tile: not a 3D Tiles document"),
            _ => new(_version, null),
        };

        /// <summary>Reads tokens until enough is known or the buffer ends.</summary>
        /// <returns>True when nothing more need be read.</returns>
        public bool Advance(ref Utf8JsonReader reader)
        {
            while (reader.Read())
            {
                switch (reader.CurrentDepth)
                {
                    case 0 when reader.TokenType != JsonTokenType.StartObject:
                        return true;
                    case 1 when reader.TokenType == JsonTokenType.PropertyName:
                        _member = reader.ValueTextEquals("asset"u8) ? Member.Asset
                            : reader.ValueTextEquals("root"u8) ? Member.Root
                            : Member.Other;
                        break;
                    case 1 when reader.TokenType == JsonTokenType.StartObject && _member == Member.Root:
                        _hasRoot = true;
                        break;
                    case 2 when _member == Member.Asset && reader.TokenType == JsonTokenType.PropertyName:
                        _versionIsNext = reader.ValueTextEquals("version"u8);
                        break;
                    case 2 when _versionIsNext && reader.TokenType == JsonTokenType.String:
                        _version = reader.GetString();
                        _versionIsNext = false;
                        break;
                }

                if (_hasRoot && _version is not null)
                    return true;
            }

            return false;
        }
    }
}
