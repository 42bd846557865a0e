using System.Text;
using System.Text.Json;

namespace Lodestream.Formats.Gltf;

/// <summary>
/// Walks a small JSON text value by value, without a document model. Values of another type than asked for are skipped and count as
/// missing; malformed text throws <see cref="JsonException"/>.
/// </summary>
internal ref struct JsonWalker(ReadOnlySpan<byte> json)
{
    private Utf8JsonReader _reader = new(json);
    private bool _peeked;

    /// <summary>Where the token last read begins, bytes.</summary>
    public readonly long Offset => _reader.TokenStartIndex;

    /// <summary>Whether the next value is an array; the next call takes it.</summary>
    public bool IsArrayNext
    {
        get
        {
            Peek();
            return _reader.TokenType == JsonTokenType.StartArray;
        }
    }

    /// <summary>Whether the next value is an object; the next call takes it.</summary>
    public bool IsObjectNext
    {
        get
        {
            Peek();
            return _reader.TokenType == JsonTokenType.StartObject;
        }
    }

    /// <summary>Whether the next value is a number; the next call takes it.</summary>
    public bool IsNumberNext
    {
        get
        {
            Peek();
            return _reader.TokenType == JsonTokenType.Number;
        }
    }

    /// <summary>Takes the next value if it is an object; otherwise skips it.</summary>
    public bool EnterObject() => Enter(JsonTokenType.StartObject);

    /// <summary>Takes the next value if it is an array; otherwise skips it.</summary>
    public bool EnterArray() => Enter(JsonTokenType.StartArray);

    /// <summary>Goes to the next property of the object; false at its end.</summary>
    public bool NextProperty()
    {
        Read();
        return _reader.TokenType == JsonTokenType.PropertyName;
    }

    /// <summary>Whether the property last gone to has this name.</summary>
    public readonly bool Is(ReadOnlySpan<byte> name)
    {
        // By length first: readers ask for one name after the other, and an interpreter pays for each call.
        if (!_reader.ValueIsEscaped)
            return _reader.ValueSpan.Length == name.Length && _reader.ValueSpan.SequenceEqual(name);
        return Name().AsSpan().SequenceEqual(Encoding.UTF8.GetString(name));
    }

    /// <summary>The name of the property last gone to.</summary>
    public readonly string Name() => Text(_reader);

    /// <summary>Goes into the next object of the array; false at the array's end. Anything else in the array is an error.</summary>
    public bool NextObject()
    {
        Read();
        if (_reader.TokenType is JsonTokenType.EndArray)
            return false;
        return _reader.TokenType == JsonTokenType.StartObject ? true : throw new JsonException($"an array of objects holds something else (offset {Offset})");
    }

    /// <summary>Skips the next value.</summary>
    public void SkipValue()
    {
        Read();
        _reader.Skip();
    }

    /// <summary>The next value as an integer; <paramref name="other"/> where it is none. Too large a number is <see cref="int.MaxValue"/>.</summary>
    public int Integer(int other)
    {
        var number = Number(double.NaN);
        return double.IsNaN(number) || number != Math.Floor(number) ? other : (int)Math.Clamp(number, int.MinValue, int.MaxValue);
    }

    /// <summary>The next value as a number; <paramref name="other"/> where it is none.</summary>
    public double Number(double other)
    {
        Read();
        if (_reader.TokenType == JsonTokenType.Number)
            return Tiles3D.JsonNumber.Parse(_reader.ValueSpan);
        _reader.Skip();
        return other;
    }

    /// <summary>The next value as text; null where it is none.</summary>
    public string? String()
    {
        Read();
        if (_reader.TokenType == JsonTokenType.String)
            return Text(_reader);
        _reader.Skip();
        return null;
    }

    /// <summary>Whether the next value is <c>true</c>.</summary>
    public bool Flag()
    {
        Read();
        if (_reader.TokenType is JsonTokenType.True or JsonTokenType.False)
            return _reader.TokenType == JsonTokenType.True;
        _reader.Skip();
        return false;
    }

    /// <summary>The numbers of the next value, an array: how many there are, also beyond the room; −1 where it is anything else.</summary>
    public int Numbers(scoped Span<double> into)
    {
        if (!EnterArray())
            return -1;
        var count = 0;
        var numeric = true;
        while (true)
        {
            Read();
            if (_reader.TokenType == JsonTokenType.EndArray)
                return numeric ? count : -1;
            if (_reader.TokenType == JsonTokenType.Number && count < into.Length)
                into[count] = Tiles3D.JsonNumber.Parse(_reader.ValueSpan);
            numeric &= _reader.TokenType == JsonTokenType.Number;
            _reader.Skip();
            count++;
        }
    }

    /// <summary>The integers of the next value, an array, appended; what is no integer becomes −1.</summary>
    public void Integers(List<int> into)
    {
        if (!EnterArray())
            return;
        while (true)
        {
            Peek();
            if (_reader.TokenType == JsonTokenType.EndArray)
            {
                _peeked = false;
                return;
            }
            into.Add(Integer(-1));
        }
    }

    /// <summary>The texts of the next value, an array, appended.</summary>
    public void Strings(List<string> into)
    {
        if (!EnterArray())
            return;
        while (true)
        {
            Peek();
            if (_reader.TokenType == JsonTokenType.EndArray)
            {
                _peeked = false;
                return;
            }
            if (String() is { } text)
                into.Add(text);
        }
    }

    private bool Enter(JsonTokenType start)
    {
        Read();
        if (_reader.TokenType == start)
            return true;
        _reader.Skip();
        return false;
    }

    private void Read()
    {
        if (!_peeked && !_reader.Read())
            throw new JsonException("the text ends too early");
        _peeked = false;
    }

    private void Peek()
    {
        if (!_peeked && !_reader.Read())
            throw new JsonException("the text ends too early");
        _peeked = true;
    }

    private static string Text(in Utf8JsonReader reader)
    {
        if (!reader.ValueIsEscaped)
            return Encoding.UTF8.GetString(reader.ValueSpan);
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            throw new JsonException($"a string is not valid text (offset {reader.TokenStartIndex})", e);
        }
    }
}
