using System.Text.Json;
using Lodestream.Scene;

namespace Lodestream.Browser;

/// <summary>What became of the first view, as JSON.</summary>
internal static class InitialResidencyReport
{
    public static void Write(Utf8JsonWriter json, InitialResidency residency)
    {
        json.WriteStartObject("initialResidency");
        json.WriteString("state", residency.State.ToString());
        json.WriteString("error", residency.Error);
        json.WriteStartArray("absentFamilies");
        foreach (var family in Enum.GetValues<ContentFamily>())
        {
            if (residency.AbsentFamilies.Contains(family))
                json.WriteStringValue(FamilyNames.Text(family));
        }
        json.WriteEndArray();
        json.WriteStartArray("failures");
        foreach (var failure in residency.Failures)
        {
            json.WriteStartObject();
            json.WriteString("uri", failure.Uri);
            json.WriteString("reason", failure.Reason.ToString());
            json.WriteString("error", failure.Error);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
