using System.Net;
using System.Text;

namespace Lodestream.Simulation.Reporting;

/// <summary>Puts a page together from the template, its style, its script and its data, all in one file.</summary>
internal static class ReportPage
{
    /// <summary>What stands before the data in a page, and after it.</summary>
    public const string DataStart = "<script type=\"application/json\" id=\"data\">", DataEnd = "</script>";

    // One module, in this order: what is used by what follows.
    private static readonly string[] Scripts = ["format.js", "page.js", "chart.js", "timelines.js", "map.js", "figures.js", "run.js", "comparison.js", "main.js"];

    /// <summary>A page.</summary>
    /// <param name="title">Its title.</param>
    /// <param name="data">Its data: JSON, UTF-8, in which &lt; stands escaped, as the writer does by default.</param>
    public static string Render(string title, ReadOnlySpan<byte> data)
    {
        var script = new StringBuilder();
        foreach (var file in Scripts)
            script.Append(Resource(file));
        return Resource("report.html")
            .Replace("{{title}}", WebUtility.HtmlEncode(title), StringComparison.Ordinal)
            .Replace("/*style*/", Resource("report.css"), StringComparison.Ordinal)
            .Replace("/*script*/", script.ToString(), StringComparison.Ordinal)
            .Replace("/*data*/", Encoding.UTF8.GetString(data), StringComparison.Ordinal);
    }

    private static string Resource(string name)
    {
        using var stream = typeof(ReportPage).Assembly.GetManifestResourceStream($"Reporting/{name}") ?? throw new InvalidOperationException($"the assembly lacks Reporting/{name}");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
