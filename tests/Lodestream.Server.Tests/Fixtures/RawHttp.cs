using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Lodestream.Server.Tests.Fixtures;

/// <summary>An answer as it came over the wire.</summary>
internal sealed record RawAnswer(int Status, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);

    public string? Header(string name) => Headers.GetValueOrDefault(name);
}

/// <summary>
/// An HTTP client that sends the request target exactly as given: every well-mannered client would tidy up the paths that
/// these tests are about, and undo codings that must be seen.
/// </summary>
internal static class RawHttp
{
    public static Task<RawAnswer> GetAsync(Uri server, string target, params string[] headers) => SendAsync(server, "GET", target, headers);

    public static async Task<RawAnswer> SendAsync(Uri server, string method, string target, params string[] headers)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(server.Host, server.Port);
        await using var stream = client.GetStream();
        var lines = string.Concat(headers.Select(header => header + "\r\n"));
        await stream.WriteAsync(Encoding.Latin1.GetBytes($"{method} {target} HTTP/1.1\r\nHost: {server.Authority}\r\nConnection: close\r\n{lines}\r\n"));
        using var all = new MemoryStream();
        await stream.CopyToAsync(all);
        return Parse(all.ToArray());
    }

    private static RawAnswer Parse(byte[] answer)
    {
        var end = answer.AsSpan().IndexOf("\r\n\r\n"u8);
        Assert.True(end > 0, "no complete answer head");
        var head = Encoding.Latin1.GetString(answer, 0, end).Split("\r\n");
        var status = int.Parse(head[0].Split(' ')[1], CultureInfo.InvariantCulture);
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in head.Skip(1))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            headers.Add(line[..colon], line[(colon + 1)..].Trim());
        }

        Assert.False(headers.ContainsKey("Transfer-Encoding"), "every answer states its length");
        return new RawAnswer(status, headers, answer[(end + 4)..]);
    }
}
