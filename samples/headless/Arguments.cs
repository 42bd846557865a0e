using System.Diagnostics.CodeAnalysis;
using System.Globalization;

/// <summary>The command line: a scene, where to look from in the scene's frame, metres, and how many seconds to wait for what is seen, 120 by default.</summary>
internal static class Arguments
{
    public static (string Uri, Vector3d Position, double Seconds) Read(string[] args)
    {
        if (args.Length is not (4 or 5))
            Refuse("headless PATH|URL X Y Z [SECONDS]");
        var uri = SceneFiles.Locate(args[0], out var error);
        if (uri is null)
            Refuse(error!);
        return (uri, new(Number(args[1]), Number(args[2]), Number(args[3])), args.Length > 4 ? Number(args[4]) : 120);
    }

    [DoesNotReturn]
    public static void Refuse(string why)
    {
        Console.Error.WriteLine(why);
        Environment.Exit(2);
    }

    private static double Number(string text)
    {
        if (!double.TryParse(text, CultureInfo.InvariantCulture, out var number))
            Refuse($"'{text}' is not a number");
        return number;
    }
}
