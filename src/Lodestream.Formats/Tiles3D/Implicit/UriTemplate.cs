using System.Buffers.Text;
using System.Text;

namespace Lodestream.Formats.Tiles3D.Implicit;

/// <summary>A URI with <c>{level}</c>, <c>{x}</c>, <c>{y}</c> and <c>{z}</c> in it.</summary>
internal sealed class UriTemplate
{
    // Of a number in a path.
    private const int LongestNumber = 10;

    private readonly List<(byte[] Text, char Variable)> _parts = [];

    public UriTemplate(ReadOnlySpan<byte> template)
    {
        var start = 0;
        for (var at = 0; at < template.Length; at++)
        {
            var variable = VariableAt(template[at..], out var length);
            if (variable == '\0')
                continue;
            _parts.Add((template[start..at].ToArray(), variable));
            MaximumBytes += at - start + LongestNumber;
            at += length - 1;
            start = at + 1;
        }
        _parts.Add((template[start..].ToArray(), '\0'));
        MaximumBytes += template.Length - start;
    }

    /// <summary>Room an expanded URI may take, bytes.</summary>
    public int MaximumBytes { get; }

    /// <summary>Puts a tile's numbers in.</summary>
    /// <param name="place">The tile.</param>
    /// <param name="into">Room for <see cref="MaximumBytes"/>.</param>
    public ReadOnlySpan<byte> Expand(in TilePlace place, Span<byte> into)
    {
        var at = 0;
        foreach (var (text, variable) in _parts)
        {
            text.CopyTo(into[at..]);
            at += text.Length;
            if (variable == '\0')
                continue;
            Utf8Formatter.TryFormat(variable switch { 'l' => place.Level, 'x' => place.X, 'y' => place.Y, _ => place.Z }, into[at..], out var written);
            at += written;
        }
        return into[..at];
    }

    public string Expand(in TilePlace place) => Encoding.UTF8.GetString(Expand(place, new byte[MaximumBytes]));

    private static char VariableAt(ReadOnlySpan<byte> text, out int length)
    {
        length = 3;
        if (text.StartsWith("{x}"u8))
            return 'x';
        if (text.StartsWith("{y}"u8))
            return 'y';
        if (text.StartsWith("{z}"u8))
            return 'z';
        length = 7;
        return text.StartsWith("{level}"u8) ? 'l' : '\0';
    }
}
