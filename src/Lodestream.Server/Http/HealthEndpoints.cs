using Lodestream.Server.Scenes;
using Microsoft.AspNetCore.Http;

namespace Lodestream.Server.Http;

/// <summary><c>/health/live</c> and <c>/health/ready</c>.</summary>
internal sealed class HealthEndpoints(SceneCatalogue catalogue)
{
    /// <summary>The process answers.</summary>
    public static Task SendLiveAsync(HttpContext context) => PlainAnswer.SendAsync(context, StatusCodes.Status200OK, "live");

    /// <summary>Every scene's document can be read; if not, 503 and the ids of those that cannot.</summary>
    public Task SendReadyAsync(HttpContext context)
    {
        var unreadable = catalogue.Scenes.Where(scene => !CanRead(scene.DocumentFile)).Select(scene => scene.Id).ToArray();
        return unreadable.Length == 0
            ? PlainAnswer.SendAsync(context, StatusCodes.Status200OK, "ready")
            : PlainAnswer.SendAsync(context, StatusCodes.Status503ServiceUnavailable, $"cannot read: {string.Join(", ", unreadable)}");
    }

    private static bool CanRead(string path)
    {
        try
        {
            using var file = File.OpenHandle(path);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
