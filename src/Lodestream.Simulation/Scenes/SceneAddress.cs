using Lodestream.Formats.Inspection;

namespace Lodestream.Simulation.Scenes;

/// <summary>
/// Gives a scene's files addresses that do not tell where it lies, so that whatever is drawn from a seed and a URI, and every hash of one,
/// is the same on every machine.
/// </summary>
/// <param name="root">Absolute URI of the scene's first document.</param>
internal sealed class SceneAddress(string root)
{
    private const string Host = "http://scene.simulated/";

    // Documents may name files in folders above theirs.
    private const string Step = "_/";
    private const int Steps = 8;

    /// <summary>The folder of the scene's first document, as a run sees it.</summary>
    public static readonly string Folder = Host + string.Concat(Enumerable.Repeat(Step, Steps));

    private readonly string _folder = new Uri(new Uri(root), ".").AbsoluteUri;

    /// <summary>The scene's first document, as a run sees it.</summary>
    public string Root { get; } = Folder + Path.GetFileName(new Uri(root).AbsolutePath);

    /// <summary>A URI of a run without the scene's folder, for people.</summary>
    public static string Short(string uri) => uri.StartsWith(Folder, StringComparison.Ordinal) ? uri[Folder.Length..] : uri;

    /// <summary>Where a file that a run asks for really lies.</summary>
    public string Real(string uri)
    {
        if (uri == Root)
            return root;
        if (!uri.StartsWith(Host, StringComparison.Ordinal))
            return uri;
        var (rest, up) = (uri[Host.Length..], Steps);
        for (; up > 0 && rest.StartsWith(Step, StringComparison.Ordinal); up--)
            rest = rest[Step.Length..];
        return up == 0 ? _folder + rest : new Uri(new Uri(_folder), string.Concat(Enumerable.Repeat("../", up)) + rest).AbsoluteUri;
    }

    /// <summary>A message with the real addresses in it.</summary>
    public string Explain(string message) => message.Replace(Root, root, StringComparison.Ordinal).Replace(Folder, _folder, StringComparison.Ordinal);

    /// <summary>A reader of the scene's files by the addresses of a run.</summary>
    public SceneFileSource Source(SceneFileSource files) => (uri, cancellation) => files(Real(uri), cancellation);
}
