namespace Lodestream.Simulation.Device;

/// <summary>What a simulated device is like.</summary>
public sealed record DeviceProfile
{
    private const string Names = "decode, upload, workers, uploadFail, stuck, release";

    /// <summary>Megabytes of files a worker decodes a second.</summary>
    public double DecodeMBps { get; init; } = 100;

    /// <summary>Megabytes uploaded to the GPU a second.</summary>
    public double UploadMBps { get; init; } = 400;

    /// <summary>Decodes at once.</summary>
    public int Workers { get; init; } = 2;

    /// <summary>Probability that an upload fails.</summary>
    public double UploadFail { get; init; }

    /// <summary>Probability that a decode never ends.</summary>
    public double Stuck { get; init; }

    /// <summary>From a call to free something to its memory being free, milliseconds.</summary>
    public double ReleaseMs { get; init; } = 20;

    /// <summary>Reads <c>decode=100,upload=400</c>; what is not named is as by default.</summary>
    /// <param name="text">The parameters.</param>
    /// <param name="error">What is wrong, naming the part; null when all is well.</param>
    public static DeviceProfile? Parse(string text, out string? error)
    {
        var profile = new DeviceProfile();
        error = ParameterList.Read("device", text, Names, (name, value) => With(ref profile, name, value));
        return error is null ? profile : null;
    }

    private static string? With(ref DeviceProfile profile, string name, double value)
    {
        var (least, most, unit) = name switch
        {
            "decode" or "upload" => (0.001, 1_000_000, " MB/s"),
            "workers" => (1, 1024, ""),
            "release" => (0, 60_000, " ms"),
            _ => (0.0, 1.0, ""),
        };
        if (ParameterList.Range(name, value, least, most, unit) is { } outside)
            return outside;
        DeviceProfile? changed = name switch
        {
            "decode" => profile with { DecodeMBps = value },
            "upload" => profile with { UploadMBps = value },
            "workers" => profile with { Workers = (int)value },
            "uploadFail" => profile with { UploadFail = value },
            "stuck" => profile with { Stuck = value },
            "release" => profile with { ReleaseMs = value },
            _ => null,
        };
        if (changed is null)
            return $"'{name}' is not known; there are {Names}";
        profile = changed;
        return null;
    }
}
