using System.Text;
using System.Text.Json;

namespace Lodestream.Formats;

/// <summary>Messages quote what files say. A file can say a megabyte, in many lines: what people read stays one line that fits a screen.</summary>
internal static class MessageText
{
    // The beginning has the file, the end often the place; what is between is the quotation.
    private const int MostCharacters = 400, FirstCharacters = 260, MostQuoted = 100;

    /// <summary>Characters of a URI that a content or a subtree names a file by, at most: servers and browsers take no longer ones, and each is written out several times.</summary>
    public const int LongestUri = 8192;

    /// <summary>A message as one line of bounded length; what is left out in its middle shows as "…".</summary>
    public static string? Line(string? message)
    {
        if (message is null || (message.Length <= MostCharacters && !message.AsSpan().ContainsAnyInRange('\0', '\x1f')))
            return message;
        var shortened = message.Length <= MostCharacters ? message : $"{message.AsSpan(0, FirstCharacters)}…{message.AsSpan(message.Length - (MostCharacters - FirstCharacters - 1))}";
        return string.Create(shortened.Length, shortened, static (line, text) =>
        {
            for (var i = 0; i < line.Length; i++)
                line[i] = text[i] < ' ' ? ' ' : text[i];
        });
    }

    /// <summary>A text of a file in quotation marks, its beginning where it is long.</summary>
    public static string Quoted(ReadOnlySpan<byte> text) =>
        text.Length <= MostQuoted ? $"\"{Encoding.UTF8.GetString(text)}\"" : $"\"{Encoding.UTF8.GetString(text[..MostQuoted])}…\"";

    /// <inheritdoc cref="Quoted(ReadOnlySpan{byte})"/>
    public static string Quoted(string? text) => text is null || text.Length <= MostQuoted ? $"\"{text}\"" : $"\"{text.AsSpan(0, MostQuoted)}…\"";

    /// <summary>What is wrong with a JSON text, without the place, which readers name in their own way.</summary>
    public static string ReasonOf(JsonException e)
    {
        var end = e.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        var reason = e.Message.AsSpan(0, end < 0 ? e.Message.Length : end);

        // Misspelled literals are quoted to the end of the file.
        return reason.Length <= 120 ? reason.ToString() : $"{reason[..40]}…{reason[^60..]}";
    }
}
