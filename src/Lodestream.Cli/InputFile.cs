namespace Lodestream.Cli;

/// <summary>Files that commands read.</summary>
internal static class InputFile
{
    /// <summary>Reads a file.</summary>
    /// <exception cref="CommandException">There is no such file.</exception>
    public static async Task<byte[]> ReadAsync(string file, CancellationToken cancellation)
    {
        try
        {
            return await File.ReadAllBytesAsync(file, cancellation);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new CommandException($"{file}: there is no such file", e);
        }
    }
}
