using System.Text.Json;
using System.Text.Json.Serialization;

namespace Lodestream.Cli.Verification;

/// <summary>What the page said in one frame: fields of <c>debugState()</c>.</summary>
/// <param name="FrameId">Number of the selection.</param>
/// <param name="Signature">Hash of what is wanted.</param>
/// <param name="TreeVersion">Rises whenever topology is added or removed.</param>
/// <param name="DetailScale">1 while everything wanted fits the budget.</param>
/// <param name="PrimaryZ">Deepest wanted level.</param>
/// <param name="NotYetResident">Wanted tiles that lack something.</param>
/// <param name="Requested">Attempts since the start.</param>
/// <param name="InFlight">Attempts under way.</param>
/// <param name="PeakInFlight">The most there ever were.</param>
internal sealed record FrameFacts(
    long FrameId, string Signature, long TreeVersion, double DetailScale, int PrimaryZ, int NotYetResident, long Requested, int InFlight, int PeakInFlight);

/// <summary>By what rule tiles are wanted, and what the rule goes by.</summary>
/// <param name="Name"><c>error</c> or <c>pyramid</c>.</param>
/// <param name="FocalDistance">How far away the camera looks, metres.</param>
/// <param name="FovY">Vertical field of view, radians.</param>
/// <param name="ViewportHeight">Pixels.</param>
/// <param name="TargetTileWidthPx">Least width of a tile of the wanted level, pixels; of the pyramid alone.</param>
/// <param name="RootTileWidth">Width of level 0's tile, metres; half that of level 1's. Of the pyramid alone.</param>
internal sealed record PolicyFacts(string Name, double FocalDistance, double FovY, double ViewportHeight, double TargetTileWidthPx = 0, double RootTileWidth = 0);

/// <summary>What one move of the camera led to.</summary>
/// <param name="Frames">Animation frames until a selection had run.</param>
/// <param name="DeepestPrimary">Level of the deepest tile wanted for itself, looked up tile by tile.</param>
/// <param name="Settled">Whether everything was there in the end.</param>
/// <param name="Fetched">Addresses the page fetched up to the first look.</param>
/// <param name="Before">Before the move, with nothing under way.</param>
/// <param name="First">After the first frame.</param>
/// <param name="Third">After the third.</param>
/// <param name="Last">When all was there.</param>
/// <param name="Demanded">Contents wanted and not here after the first frame, failed ones aside.</param>
/// <param name="Admitted">Those of them that were let in: asked for, and not before.</param>
/// <param name="Attempted">Contents of the new attempts, as the page's transport was told.</param>
/// <param name="AttemptedFiles">Addresses of all new attempts, files that contents depend on among them.</param>
/// <param name="Policy">What says which tiles are wanted, when all is there.</param>
/// <param name="EndsInView">Whether a tile of the deepest level wanted has nothing below it, when all is there.</param>
/// <param name="Errors">Geometric and raster error of what is drawn for itself, then of what fills in, in the end, pixels; null without bound.</param>
internal sealed record MoveFacts(
    int Frames, int DeepestPrimary, bool Settled, string[] Fetched, FrameFacts Before, FrameFacts First, FrameFacts Third, FrameFacts Last,
    string[] Demanded, string[] Admitted, string[] Attempted, string[] AttemptedFiles, PolicyFacts Policy, bool EndsInView, double?[] Errors);

/// <summary>What one camera led to: the first time, and the first time without topology arriving in between.</summary>
internal sealed record StepFacts(string Name, MoveFacts Cold, MoveFacts Warm)
{
    /// <summary>Reads what the page answered.</summary>
    /// <exception cref="PageException">The page answered something else: its viewer is of another version.</exception>
    public static StepFacts Read(JsonElement answer)
    {
        try
        {
            return answer.Deserialize(CoherenceFactsJson.Default.StepFacts) ?? throw new PageException("the page answered nothing");
        }
        catch (JsonException e)
        {
            throw new PageException($"the page's viewer tells other things than this tool asks for: {e.Message}", e);
        }
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(StepFacts))]
internal sealed partial class CoherenceFactsJson : JsonSerializerContext;
