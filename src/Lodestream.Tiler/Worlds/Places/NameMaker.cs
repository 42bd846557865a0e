using Lodestream.Tiler.Worlds.Continent;

namespace Lodestream.Tiler.Worlds.Places;

/// <summary>
/// Names that can be pronounced and mean nothing, each given once. A continent has a few tongues, each with sounds and endings of its own;
/// what lies together sounds alike.
/// </summary>
internal sealed class NameMaker(GradientNoise noise)
{
    /// <summary>Tongues of a continent.</summary>
    public const int Tongues = 3;

    private static readonly string[][] Onsets =
    [
        ["v", "l", "m", "th", "s", "n", "r", "el", "f", "c", "al", "yv"],
        ["k", "dr", "g", "br", "t", "h", "sk", "v", "gr", "st", "b", "ul"],
        ["z", "q", "sh", "t", "m", "az", "d", "j", "kh", "n", "ts", "ir"],
    ];

    private static readonly string[][] Vowels =
    [
        ["a", "e", "i", "ia", "ae", "o", "ei"],
        ["o", "u", "a", "e", "au", "y"],
        ["a", "i", "u", "aa", "e", "ou"],
    ];

    private static readonly string[][] Middles =
    [
        ["l", "r", "n", "s", "nd", "lv", "m", "th", "rr", "v"],
        ["rg", "ld", "nt", "kk", "rn", "st", "gd", "lm", "rk", "d"],
        ["z", "kh", "n", "r", "dj", "m", "sh", "b", "hr", "l"],
    ];

    // By kind: lands, towns, peaks, waters.
    private static readonly string[][][] Endings =
    [
        [["ora", "elle", "ane", "imar", "essa"], ["enna", "ivel", "ade", "orin", "eth"], ["iel", "aur", "enor"], ["ile", "uin", "amel"]],
        [["omark", "ulgard", "oheim", "avik", "onar"], ["orp", "umstad", "egg", "usk", "olt"], ["orn", "ukk", "agund"], ["olva", "umme", "aska"]],
        [["istur", "aqar", "umeh", "azan", "irad"], ["iqa", "uzet", "amur", "esh", "ohar"], ["azh", "urim", "oqand"], ["iri", "ushe", "abal"]],
    ];

    private readonly HashSet<string> _given = new(StringComparer.Ordinal);
    private int _asked;

    /// <summary>What is named.</summary>
    public enum Kind
    {
        /// <summary>A province.</summary>
        Land,

        /// <summary>A town or village.</summary>
        Town,

        /// <summary>A mountain.</summary>
        Peak,

        /// <summary>A lake or river.</summary>
        Water,
    }

    /// <summary>A new name.</summary>
    /// <param name="kind">Of what.</param>
    /// <param name="tongue">In which tongue, 0 to <see cref="Tongues"/> − 1.</param>
    public string Next(Kind kind, int tongue)
    {
        while (true)
        {
            var name = Compose(kind, tongue, _asked++);
            if (_given.Add(name))
                return name;
        }
    }

    private string Compose(Kind kind, int tongue, int asked)
    {
        var throws = 0;
        var name = Choose(Onsets[tongue]) + Choose(Vowels[tongue]) + Choose(Middles[tongue]);
        if (noise.Cell(asked, ++throws) < 0.25)
            name += Choose(Vowels[tongue]) + Choose(Middles[tongue]);
        name += Choose(Endings[tongue][(int)kind]);
        return char.ToUpperInvariant(name[0]) + name[1..];

        string Choose(string[] from) => from[(int)(noise.Cell(asked, ++throws) * from.Length)];
    }
}
