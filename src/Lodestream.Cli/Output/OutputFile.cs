namespace Lodestream.Cli.Output;

/// <summary>Files that commands write.</summary>
internal static class OutputFile
{
    /// <summary>Says at once, and not after long work, that a file could not be written.</summary>
    /// <exception cref="CommandException">The file's folder does not exist, or the file is a folder.</exception>
    public static void Expect(string file)
    {
        var path = Path.GetFullPath(file);
        if (Directory.Exists(path))
            throw new CommandException($"{file}: is a folder, not a file to write");
        if (!Directory.Exists(Path.GetDirectoryName(path)))
            throw new CommandException($"{file}: there is no folder to write it to");
    }

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
