using System.Text;

namespace Lodestream.Fuzz;

/// <summary>Damages JSON by its tokens: what comes out is mostly still JSON, and says something else.</summary>
internal static class JsonMutator
{
    private static readonly byte[][] Values =
    [.. new[]
        {
            "0", "1", "-1", "2", "3", "255", "256", "65535", "65536", "2147483647", "2147483648", "4294967295", "-2147483648", "9223372036854775807", "1e308", "-1e308", "1e999", "1e-320", "0.5",
            "1.7976931348623157e308", "123456789012345678901234567890", "null", "true", "false", "\"\"", "\"x\"", "{}", "[]", "[[]]", "[{}]", "[null]", "[0,0,0]", "{\"a\":0}",
            "\"\\ud800\"", "\"\\u0000\"", "\"data:,\"", "\"data:application/octet-stream;base64,AAAA\"", "\"../../x\"", "\"http://[\"", "\"%00%ff%\"", "\"{level}/{x}/{y}/{z}/{x}\"", "\"\\uFFFF\"",
            "NaN", "-", "01", "1e", "\"", "{", "[", "}", "]", ",", ":", "\"\u00ff\"",
        }.Select(Encoding.Latin1.GetBytes)
    ];

    private readonly record struct Token(int At, int Length, byte Kind)
    {
        public int End => At + Length;
    }

    /// <summary>The text, damaged in one place.</summary>
    public static byte[] Damage(ReadOnlySpan<byte> json, Random random)
    {
        // A window of tokens from somewhere: whole documents are long.
        var from = json.Length < 20_000 ? 0 : random.Next(json.Length - 10_000);
        var tokens = Tokens(json, from, 3000);
        if (tokens.Count == 0)
            return json.ToArray();
        var token = tokens[random.Next(tokens.Count)];
        switch (random.Next(10))
        {
            case 0 or 1 or 2:
                var number = ClosestOf(tokens, token, 'n', random);
                return Replace(json, number.At, number.Length, Values[random.Next(random.Next(2) == 0 ? 21 : Values.Length)]);
            case 3:
                return Replace(json, token.At, token.Length, Values[random.Next(Values.Length)]);
            case 4:
                return Replace(json, token.At, token.Length, []);
            case 5:
                var (at, length) = ValueAt(json, tokens, token);
                return Replace(json, at, length, Values[random.Next(Values.Length)]);
            case 6:
                return Repeat(json, tokens, token, random);
            case 7:
                return Replace(json, token.At, 0, Nest(random));
            case 8:
                return random.Next(8) == 0 ? LengthenText(json, ClosestOf(tokens, token, 's', random), random) : SwapText(json, tokens, token, random);
            default:
                return Member(json, tokens, token, random);
        }
    }

    private static List<Token> Tokens(ReadOnlySpan<byte> json, int from, int most)
    {
        var tokens = new List<Token>();
        for (var at = from; at < json.Length && tokens.Count < most;)
        {
            var start = at;
            var c = json[at++];
            if (c <= ' ')
                continue;
            if (c == '"')
            {
                while (at < json.Length && json[at] != '"')
                    at += json[at] == '\\' ? 2 : 1;
                at = Math.Min(at + 1, json.Length);
                tokens.Add(new(start, at - start, (byte)'s'));
            }
            else if (c is (byte)'-' or (>= (byte)'0' and <= (byte)'9'))
            {
                while (at < json.Length && json[at] is (byte)'.' or (byte)'-' or (byte)'+' or (byte)'e' or (byte)'E' or (>= (byte)'0' and <= (byte)'9'))
                    at++;
                tokens.Add(new(start, at - start, (byte)'n'));
            }
            else if (char.IsAsciiLetter((char)c))
            {
                while (at < json.Length && char.IsAsciiLetter((char)json[at]))
                    at++;
                tokens.Add(new(start, at - start, (byte)'w'));
            }
            else
            {
                tokens.Add(new(start, 1, c));
            }
        }
        return tokens;
    }

    private static Token ClosestOf(List<Token> tokens, Token token, char kind, Random random)
    {
        var from = tokens.IndexOf(token);
        for (var i = 0; i < tokens.Count; i++)
        {
            var other = tokens[(from + i) % tokens.Count];
            if (other.Kind == kind && random.Next(4) > 0)
                return other;
        }
        return token;
    }

    // The whole value that begins with a token.
    private static (int At, int Length) ValueAt(ReadOnlySpan<byte> json, List<Token> tokens, Token token)
    {
        if (token.Kind is not ((byte)'{' or (byte)'['))
            return (token.At, token.Length);
        var depth = 0;
        for (var i = tokens.IndexOf(token); i < tokens.Count; i++)
        {
            depth += tokens[i].Kind switch { (byte)'{' or (byte)'[' => 1, (byte)'}' or (byte)']' => -1, _ => 0 };
            if (depth == 0)
                return (token.At, tokens[i].End - token.At);
        }
        return (token.At, json.Length - token.At);
    }

    // An element twice, or so often that what is quadratic takes its time.
    private static byte[] Repeat(ReadOnlySpan<byte> json, List<Token> tokens, Token token, Random random)
    {
        var (at, length) = ValueAt(json, tokens, ClosestOf(tokens, token, random.Next(2) == 0 ? '{' : '[', random));
        var room = Math.Max(0, Mutator.MaximumBytes - 16 - json.Length);
        var times = Math.Min(random.Next(50) == 0 ? int.MaxValue : random.Next(40) == 0 ? 100 : 1, room / (length + 1));
        var copies = new byte[times * (length + 1)];
        for (var i = 0; i < times; i++)
        {
            json.Slice(at, length).CopyTo(copies.AsSpan(i * (length + 1)));
            copies[i * (length + 1) + length] = (byte)',';
        }
        return Replace(json, at, 0, copies);
    }

    private static byte[] Nest(Random random)
    {
        var depth = random.Next(4) switch { 0 => 60 + random.Next(10), 1 => 500 + random.Next(3000), 2 => 100_000, _ => 1 + random.Next(4) };
        var open = random.Next(3) switch { 0 => "[", 1 => "{\"a\":", _ => "{\"children\":[" };
        var close = open switch { "[" => "]", "{\"a\":" => "}", _ => "]}" };
        var text = new StringBuilder();
        for (var i = 0; i < depth; i++)
            text.Append(open);
        if (random.Next(2) == 0)
        {
            text.Append('0');
            for (var i = 0; i < depth; i++)
                text.Append(close);
            text.Append(',');
        }
        return Encoding.ASCII.GetBytes(text.ToString());
    }

    private static byte[] LengthenText(ReadOnlySpan<byte> json, Token text, Random random)
    {
        var more = new byte[random.Next(2) == 0 ? 70_000 : 300];
        Array.Fill(more, (byte)"ax/%{."[random.Next(6)]);
        return Replace(json, text.At + Math.Min(1, text.Length), 0, more);
    }

    private static byte[] SwapText(ReadOnlySpan<byte> json, List<Token> tokens, Token token, Random random)
    {
        var (one, other) = (ClosestOf(tokens, token, 's', random), ClosestOf(tokens, tokens[random.Next(tokens.Count)], 's', random));
        return Replace(json, one.At, one.Length, json.Slice(other.At, other.Length));
    }

    // A key and its value gone, or there twice.
    private static byte[] Member(ReadOnlySpan<byte> json, List<Token> tokens, Token token, Random random)
    {
        var key = ClosestOf(tokens, token, 's', random);
        var i = tokens.IndexOf(key);
        if (i < 0 || i + 2 >= tokens.Count || tokens[i + 1].Kind != ':')
            return Replace(json, key.At, key.Length, []);
        var (at, length) = ValueAt(json, tokens, tokens[i + 2]);
        var end = at + length;
        if (end < json.Length && json[end] == ',')
            end++;
        return random.Next(2) == 0
            ? Replace(json, key.At, end - key.At, [])
            : Replace(json, key.At, 0, [.. json[key.At..(at + length)], (byte)',']);
    }

    private static byte[] Replace(ReadOnlySpan<byte> json, int at, int length, ReadOnlySpan<byte> with) => [.. json[..at], .. with, .. json[(at + length)..]];
}
