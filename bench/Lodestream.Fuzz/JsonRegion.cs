using System.Buffers.Binary;
using System.Text;

namespace Lodestream.Fuzz;

/// <summary>JSON in a file, and the length fields that must grow with it: otherwise whoever damages it only ever tests the first length check.</summary>
internal sealed class JsonRegion
{
    private readonly List<(int At, int Bytes)> _lengths;

    private JsonRegion(int offset, int length, List<(int, int)> lengths) => (Offset, Length, _lengths) = (offset, length, lengths);

    /// <summary>First byte.</summary>
    public int Offset { get; }

    /// <summary>Number of bytes.</summary>
    public int Length { get; }

    /// <summary>The JSON texts of a file of any format; those of the models and contents in it too.</summary>
    public static List<JsonRegion> Find(byte[] bytes)
    {
        var found = new List<JsonRegion>();
        Find(bytes, 0, bytes.Length, [], found, 0);
        return found;
    }

    /// <summary>The file with another text in this place.</summary>
    public byte[] Replace(byte[] bytes, byte[] json)
    {
        byte[] replaced = [.. bytes.AsSpan(0, Offset), .. json, .. bytes.AsSpan(Offset + Length)];
        foreach (var (at, width) in _lengths)
        {
            if (width == 8)
                BinaryPrimitives.WriteInt64LittleEndian(replaced.AsSpan(at), BinaryPrimitives.ReadInt64LittleEndian(replaced.AsSpan(at)) + json.Length - Length);
            else
                BinaryPrimitives.WriteInt32LittleEndian(replaced.AsSpan(at), BinaryPrimitives.ReadInt32LittleEndian(replaced.AsSpan(at)) + json.Length - Length);
        }
        return replaced;
    }

    private static void Find(byte[] bytes, int start, int end, List<(int, int)> lengths, List<JsonRegion> found, int depth)
    {
        if (end - start < 4 || depth > 8)
            return;
        switch (Encoding.Latin1.GetString(bytes, start, 4))
        {
            case "b3dm" or "pnts":
                FindTables(bytes, start, end, 28, lengths, found, depth);
                break;
            case "i3dm":
                FindTables(bytes, start, end, 32, lengths, found, depth);
                break;
            case "glTF":
                Add(start + 20, Int(bytes, start + 12), end, [.. lengths, (start + 8, 4), (start + 12, 4)], found);
                break;
            case "subt" when end - start >= 24:
                Add(start + 24, Int(bytes, start + 8), end, [.. lengths, (start + 8, 8)], found);
                break;
            case "cmpt":
                for (var at = start + 16; at + 12 < end;)
                {
                    var length = Int(bytes, at + 8);
                    if (length < 12 || length > end - at)
                        break;
                    Find(bytes, at, at + length, [.. lengths, (start + 8, 4)], found, depth + 1);
                    at += length;
                }
                break;
            default:
                if (bytes[start] is (byte)'{' or (byte)'[' or (byte)' ' or (byte)'\n' or (byte)'\r' or 0xef)
                    Add(start, end - start, end, lengths, found);

                // A batch table as the target of that name takes it.
                else if (end - start > 8 && bytes[start + 8] == (byte)'{')
                    Add(start + 8, Int(bytes, start + 4), end, [.. lengths, (start + 4, 4)], found);
                break;
        }
    }

    // Feature table and batch table, each with a binary part, and a model.
    private static void FindTables(byte[] bytes, int start, int end, int header, List<(int, int)> lengths, List<JsonRegion> found, int depth)
    {
        if (end - start < header)
            return;
        List<(int, int)> grown = [.. lengths, (start + 8, 4)];
        var at = (long)start + header;
        for (var part = 0; part < 4; part++)
        {
            var length = Int(bytes, start + 12 + 4 * part);
            if (length < 0 || length > end - at)
                return;
            if (part % 2 == 0)
                Add((int)at, length, end, [.. grown, (start + 12 + 4 * part, 4)], found);
            at += length;
        }
        Find(bytes, (int)at, end, grown, found, depth + 1);
    }

    private static void Add(int offset, int length, int end, List<(int, int)> lengths, List<JsonRegion> found)
    {
        if (length > 0 && length <= end - offset)
            found.Add(new(offset, length, lengths));
    }

    private static int Int(byte[] bytes, int at) => at + 4 <= bytes.Length ? BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at)) : -1;
}
