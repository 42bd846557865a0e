using Lodestream.Scene;

namespace Lodestream.Diagnostics;

/// <summary>
/// Passes fields to a recording or from one. A list of fields is written once and runs both ways: what goes in comes out when it is written,
/// what was recorded comes out when it is read. So no field can be written and not read, or in another order.
/// </summary>
internal sealed class TraceFields
{
    private readonly TraceBuffer? _to;
    private readonly TraceInput? _from;

    public TraceFields(TraceBuffer to) => _to = to;

    public TraceFields(TraceInput from) => _from = from;

    public double Real(double value)
    {
        _to?.Real(value);
        return _from?.Real() ?? value;
    }

    public bool Flag(bool value)
    {
        _to?.Flag(value);
        return _from?.Flag() ?? value;
    }

    public ulong Word(ulong value)
    {
        _to?.Word(value);
        return _from?.Word() ?? value;
    }

    /// <summary>0 or more.</summary>
    public int Int(int value)
    {
        _to?.Whole((ulong)value);
        return _from?.Count(int.MaxValue, "of an option") ?? value;
    }

    /// <summary>0 or more.</summary>
    public long Long(long value)
    {
        _to?.Whole((ulong)value);
        return (long?)_from?.Whole() ?? value;
    }

    public FamilySet Families(FamilySet value)
    {
        _to?.Byte(value.Bits);
        return _from is null ? value : FamilySet.FromBits(_from.Byte());
    }

    /// <summary>A member of an enumeration of bytes.</summary>
    public T Member<T>(T value)
        where T : struct, Enum
    {
        _to?.Byte((byte)(object)value);
        return _from?.Member<T>() ?? value;
    }

    /// <summary>Whether there is something, and if there is, its fields.</summary>
    public T? Optional<T>(T? value, Func<T, TraceFields, T> pass)
        where T : class, new() => Flag(value is not null) ? pass(value ?? new(), this) : null;
}
