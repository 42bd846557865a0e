using System.Buffers.Binary;
using System.Text.Json;
using Lodestream.Formats.Gltf;
using Lodestream.Formats.Legacy;
using Lodestream.Scene;

namespace Lodestream.Formats;

/// <summary>Tells how a content is encoded from its first bytes, which decide over what its URI says.</summary>
public static class ContentSniffer
{
    private const int FirstLook = 4096, LooksGrow = 4;

    private const uint I3dm = 0x6D643369, Pnts = 0x73746E70, Cmpt = 0x74706D63, Untold = 0x4F544E55;

    /// <summary>The format the bytes show, or <see cref="ContentFormat.Unknown"/>.</summary>
    /// <param name="start">The content or its beginning; a kilobyte tells nearly always.</param>
    public static ContentFormat FormatOf(ReadOnlySpan<byte> start)
    {
        if (start.Length < 4)
            return ContentFormat.Unknown;
        return BinaryPrimitives.ReadUInt32LittleEndian(start) switch
        {
            GlbContainer.Magic => ContentFormat.Glb,
            B3dmReader.Magic => ContentFormat.B3dm,
            I3dm => ContentFormat.I3dm,
            Pnts => ContentFormat.Pnts,
            Cmpt => ContentFormat.Cmpt,
            Untold => ContentFormat.Untold,
            _ => JsonFormatOf(start),
        };
    }

    private static ContentFormat JsonFormatOf(ReadOnlySpan<byte> start)
    {
        start = start[ByteOrderMark.LengthIn(start)..].TrimStart(" \t\r\n"u8);
        if (start.IsEmpty || start[0] != '{')
            return ContentFormat.Unknown;

        // What the framework finds broken it quotes to the end of what it was given, several times over: it is given little while that tells.
        for (var looked = FirstLook; looked < start.Length; looked *= LooksGrow)
        {
            if (JsonFormatOf(start[..looked], out var isCut) is var format && !isCut)
                return format;
        }
        return JsonFormatOf(start, out _);
    }

    // A tileset has a root, a glTF lists; both have an asset, which comes first in most. Cut: it ended before it told.
    private static ContentFormat JsonFormatOf(ReadOnlySpan<byte> start, out bool isCut)
    {
        isCut = false;
        try
        {
            var reader = new Utf8JsonReader(start, isFinalBlock: false, default);
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("root"u8) || reader.ValueTextEquals("geometricError"u8) || reader.ValueTextEquals("schemaUri"u8))
                    return ContentFormat.Tileset;
                if (reader.ValueTextEquals("accessors"u8) || reader.ValueTextEquals("buffers"u8) || reader.ValueTextEquals("bufferViews"u8)
                    || reader.ValueTextEquals("meshes"u8) || reader.ValueTextEquals("nodes"u8) || reader.ValueTextEquals("scene"u8) || reader.ValueTextEquals("scenes"u8))
                    return ContentFormat.Gltf;
                if (!reader.TrySkip())
                    break;
            }
            isCut = reader.TokenType != JsonTokenType.EndObject || reader.CurrentDepth > 0;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Then it is neither. The second is the reader's way to say that a text is not Unicode.
        }
        return ContentFormat.Unknown;
    }
}
