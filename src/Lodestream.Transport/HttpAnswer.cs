using System.Net.Http.Headers;

namespace Lodestream.Transport;

/// <summary>What a request is to say beside the URL.</summary>
/// <param name="ETag">Entity tag of the copy that is kept, for If-None-Match.</param>
/// <param name="LastModified">Its date, for If-Modified-Since.</param>
/// <param name="AnsweredBy">The URL the copy came from; only that one is told of it.</param>
/// <param name="AnswerWithin">How long the answer may take to begin; null for the transport's own limit.</param>
/// <param name="Newest">Whether caches on the way are to ask the source.</param>
internal readonly record struct HttpConditions(string? ETag, string? LastModified, Func<string, bool>? AnsweredBy, TimeSpan? AnswerWithin, bool Newest)
{
    /// <summary>Writes the validators, as they were sent.</summary>
    public void AddTo(HttpRequestHeaders headers)
    {
        if (ETag is not null)
            headers.TryAddWithoutValidation("If-None-Match", ETag);
        if (LastModified is not null)
            headers.TryAddWithoutValidation("If-Modified-Since", LastModified);
    }
}

/// <summary>What a source answered.</summary>
/// <param name="Outcome">The file, or why there is none; neither where it is not modified.</param>
/// <param name="NotModified">Whether the copy still holds.</param>
/// <param name="Terms">What may be done with it; null where there was no answer, or it is not a file.</param>
/// <param name="AnsweredBy">The URL that answered.</param>
/// <param name="OverPlainHttp">Whether it came over plain http from another machine, on any leg of the way.</param>
internal readonly record struct HttpAnswer(FetchOutcome Outcome, bool NotModified, AnswerTerms? Terms, string AnsweredBy, bool OverPlainHttp);
