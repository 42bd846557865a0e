namespace Lodestream.Cli.Output;

/// <summary>Files that commands write.</summary>
internal static class OutputFile
{
    /// <summary>Writes a text. The file is there whole or not at all.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string file, string text)
    {
        var path = Path.GetFullPath(file);
        var partial = $"{path}.{Path.GetRandomFileName()}.partial";
        try
        {
            File.WriteAllText(partial, text);
            File.Move(partial, path, overwrite: true);
        }
        finally
        {
            File.Delete(partial);
        }
    }
}
