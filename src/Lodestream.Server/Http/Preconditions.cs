using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Lodestream.Server.Http;

/// <summary>What the conditions of a request come to.</summary>
internal enum ConditionOutcome
{
    /// <summary>They hold, or there are none.</summary>
    Send,

    /// <summary>The client has these bytes: 304.</summary>
    NotModified,

    /// <summary>The client wanted other bytes: 412.</summary>
    Failed,
}

/// <summary>Conditions on entity tags (RFC 9110, 13). Dates play no part: no answer states one.</summary>
internal static class Preconditions
{
    /// <summary>Evaluates If-Match, then If-None-Match.</summary>
    public static ConditionOutcome Evaluate(IHeaderDictionary request, string entityTag)
    {
        var ifMatch = request.IfMatch;
        if (ifMatch.Count > 0 && !Lists(ifMatch, entityTag, isWeak: false))
            return ConditionOutcome.Failed;
        var ifNoneMatch = request.IfNoneMatch;
        return ifNoneMatch.Count > 0 && Lists(ifNoneMatch, entityTag, isWeak: true) ? ConditionOutcome.NotModified : ConditionOutcome.Send;
    }

    /// <summary>Whether a range may be sent: there is no If-Range, or it names these bytes.</summary>
    public static bool AllowRange(IHeaderDictionary request, string entityTag)
    {
        var ifRange = request.IfRange;
        return ifRange.Count == 0 || (ifRange.Count == 1 && ifRange[0].AsSpan().Trim().SequenceEqual(entityTag));
    }

    /// <summary>Whether a list of tags has one.</summary>
    /// <param name="lines">The header's lines.</param>
    /// <param name="entityTag">A strong tag.</param>
    /// <param name="isWeak">The comparison is the weak one: <c>W/</c> makes no difference.</param>
    private static bool Lists(StringValues lines, string entityTag, bool isWeak)
    {
        foreach (var line in lines)
        {
            var rest = line.AsSpan();
            while (true)
            {
                rest = rest.TrimStart(" \t,");
                if (rest.IsEmpty)
                    break;
                if (rest[0] == '*')
                    return true;
                var isWeakTag = rest.StartsWith("W/");
                if (isWeakTag)
                    rest = rest[2..];

                // A tag may hold commas: it ends at its quote.
                var end = rest.IsEmpty || rest[0] != '"' ? -1 : rest[1..].IndexOf('"');
                if (end < 0)
                    break;
                if ((isWeak || !isWeakTag) && rest[..(end + 2)].SequenceEqual(entityTag))
                    return true;
                rest = rest[(end + 2)..];
            }
        }

        return false;
    }
}
