using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Lodestream.Tiler.Worlds;

namespace Lodestream.Cli.Worlds;

/// <summary>Keeps made worlds, each under its generator's version and all that shapes it, so that the demo is made once.</summary>
/// <param name="folder">Where.</param>
internal sealed class WorldCache(string folder)
{
    /// <summary>How often a process that waits for another's world looks again.</summary>
    private static readonly TimeSpan LockPollInterval = TimeSpan.FromMilliseconds(250);

    // What opening a file that another process has open for itself alone fails with.
    private const int WindowsSharingViolation = unchecked((int)0x80070020);
    private const int LinuxWouldBlock = 11;
    private const int MacWouldBlock = 35;

    /// <summary>The folder of a continent, made now if it is not there whole.</summary>
    /// <param name="options">What continent.</param>
    /// <param name="make">Makes it in a folder that does not exist yet; all of it or nothing.</param>
    /// <param name="cancellation">Ends making and waiting.</param>
    /// <exception cref="IOException">The cache cannot be written.</exception>
    public Task<string> GetContinentAsync(ContinentOptions options, Func<string, CancellationToken, Task> make, CancellationToken cancellation) =>
        GetAsync("continent", KeyOf("continent", ContinentWorld.GeneratorVersion, options.Seed, options with { Threads = 0 }), make, cancellation);

    /// <summary>The folder of a city, made now if it is not there whole.</summary>
    /// <param name="options">What city.</param>
    /// <param name="make">Makes it in a folder that does not exist yet; all of it or nothing.</param>
    /// <param name="cancellation">Ends making and waiting.</param>
    /// <exception cref="IOException">The cache cannot be written.</exception>
    public Task<string> GetCityAsync(CityOptions options, Func<string, CancellationToken, Task> make, CancellationToken cancellation) =>
        GetAsync("city", KeyOf("city", CityWorld.GeneratorVersion, options.Seed, options with { Threads = 0 }), make, cancellation);

    private async Task<string> GetAsync(string name, string key, Func<string, CancellationToken, Task> make, CancellationToken cancellation)
    {
        // The world's own folder is called what viewers shall call it; the key and the book-keeping stand around it.
        var place = Path.Combine(folder, "worlds", key);
        var world = Path.Combine(place, name);
        var receipt = Path.Combine(place, "contents");
        Directory.CreateDirectory(place);
        if (IsWhole(world, receipt))
            return world;

        await using var turn = await TakeTurnAsync(Path.Combine(place, "lock"), cancellation);
        if (IsWhole(world, receipt))
            return world; // another process made it while this one waited
        RemoveRemains(place, receipt);
        await make(world, cancellation);
        WriteReceipt(world, receipt);
        return world;
    }

    /// <summary>The version, the seed, and a digest of every option that changes the bytes.</summary>
    private static string KeyOf(string name, int version, ulong seed, object shape)
    {
        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(shape.ToString()!)).AsSpan(0, 4));
        return string.Create(CultureInfo.InvariantCulture, $"{name}-v{version}-seed{seed}-{digest}");
    }

    /// <summary>The receipt says what was there when the world was done; a world that lost a file since is made again.</summary>
    private static bool IsWhole(string world, string receipt)
    {
        try
        {
            return Directory.Exists(world) && File.ReadAllText(receipt) == FolderContents.Of(world).Receipt;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Written last, and under another name first: it is there whole or not at all.</summary>
    private static void WriteReceipt(string world, string receipt)
    {
        var partial = receipt + ".partial";
        File.WriteAllText(partial, FolderContents.Of(world).Receipt);
        File.Move(partial, receipt, overwrite: true);
    }

    /// <summary>Takes away a damaged world and what a killed run left half made: only the process whose turn it is writes here.</summary>
    private static void RemoveRemains(string place, string receipt)
    {
        File.Delete(receipt);
        foreach (var remains in Directory.GetDirectories(place))
            Directory.Delete(remains, recursive: true);
    }

    /// <summary>One process at a time makes a world; the system frees the turn of one that dies.</summary>
    private static async Task<FileStream> TakeTurnAsync(string path, CancellationToken cancellation)
    {
        var isFirstTry = true;
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (e.HResult is WindowsSharingViolation or LinuxWouldBlock or MacWouldBlock)
            {
                if (isFirstTry)
                    await Console.Error.WriteLineAsync("Another lodestream is making this world; waiting for it.");
                isFirstTry = false;
                await Task.Delay(LockPollInterval, cancellation);
            }
        }
    }
}
