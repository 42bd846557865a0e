using System.Runtime.CompilerServices;
using System.Text.Json;
using Lodestream.Formats.Tiles3D;
using Lodestream.Geometry;

namespace Lodestream.Formats.Manifest;

/// <summary>
/// Values of a manifest's JSON. Each method begins at a value's first token and ends at its last, whatever the value is: what is wrong
/// with it is the caller's to say, who knows whose it is.
/// </summary>
internal static class ManifestValues
{
    /// <summary>An object of a min and a max, none below the other; null for anything else.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static (Vector3d Min, Vector3d Max)? Box(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return null;
        }
        bool hasMin = false, hasMax = false;
        Vector3d min = default, max = default;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = Name(ref reader);
            reader.Read();
            if (name.SequenceEqual("min"u8))
                hasMin = TryVector(ref reader, out min);
            else if (name.SequenceEqual("max"u8))
                hasMax = TryVector(ref reader, out max);
            else
                reader.Skip();
        }
        return hasMin && hasMax && min.X <= max.X && min.Y <= max.Y && min.Z <= max.Z && (max - min).IsFinite ? (min, max) : null;
    }

    /// <summary>Three finite numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool TryVector(ref Utf8JsonReader reader, out Vector3d vector)
    {
        vector = default;
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            reader.Skip();
            return false;
        }
        Span<double> numbers = stackalloc double[3];
        var count = 0;
        for (; reader.Read() && reader.TokenType != JsonTokenType.EndArray; count++)
        {
            var number = Number(ref reader);
            if (count < 3)
                numbers[count] = number;
        }
        vector = new(numbers[0], numbers[1], numbers[2]);
        return count == 3 && vector.IsFinite;
    }

    /// <summary>A number; NaN for what is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double Number(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Number)
            return JsonNumber.Parse(reader.ValueSpan);
        reader.Skip();
        return double.NaN;
    }

    /// <summary>Metres. Sums and squares of what is not farther stay finite.</summary>
    public const double LargestDistance = 1e15;

    /// <summary>A number of metres from 0 on that can be reckoned with, or null, which is NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool TryDistance(ref Utf8JsonReader reader, out double distance)
    {
        distance = double.NaN;
        if (reader.TokenType == JsonTokenType.Null)
            return true;
        var number = Number(ref reader);
        if (!(number is >= 0 and <= LargestDistance))
            return false;
        distance = number;
        return true;
    }

    /// <summary>A whole number, or null.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool TryWhole(ref Utf8JsonReader reader, out int? whole)
    {
        whole = null;
        if (reader.TokenType == JsonTokenType.Null)
            return true;
        var number = Number(ref reader);
        if (!(Math.Abs(number) < int.MaxValue) || number != Math.Floor(number))
            return false;
        whole = (int)number;
        return true;
    }

    /// <summary>A property's name.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static ReadOnlySpan<byte> Name(ref Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
            return reader.ValueSpan;
        var name = new byte[reader.ValueSpan.Length];
        return name.AsSpan(0, reader.CopyString(name));
    }
}
