using System.Text;
using Lodestream.Formats.Legacy;
using static Lodestream.Formats.Tests.Legacy.LegacyBytes;

namespace Lodestream.Formats.Tests.Legacy;

public class BatchTableTests
{
    [Fact]
    public void Values_come_from_json_and_from_the_binary_part()
    {
        byte[] binary = [.. Floats(1, 2, 3, 4, 5, 6), .. Shorts(7, 65535)];
        var table = Read("""
            {"name":["a","b"],"open":[true,null],"tags":[[1,2],["x"]],"deep":[{"k":1},{"k":[2]}],
             "place":{"byteOffset":0,"componentType":"FLOAT","type":"VEC3"},"code":{"byteOffset":24,"componentType":"UNSIGNED_SHORT","type":"SCALAR"}}
            """, binary, 2, out _)!;
        Assert.Equal(["name", "open", "tags", "deep", "place", "code"], table.Properties);
        Assert.Equal("b", table.Value("name", 1).Text);
        Assert.True(table.Value("open", 0).IsTrue);
        Assert.True(table.Value("open", 1).IsNone);
        Assert.Equal("[1, 2]", table.Value("tags", 0).ToString());
        Assert.Equal("{\"k\":[2]}", table.Value("deep", 1).Text);
        Assert.Equal([4, 5, 6], table.Value("place", 1).Components.ToArray());
        Assert.Equal(65535, table.Value("code", 1).Number);
        Assert.Empty(table.Row(2));
        Assert.Empty(table.Row(-1));
    }

    [Fact]
    public void A_feature_has_what_its_class_and_its_parents_classes_say_nearest_first()
    {
        var table = Read("""
            {"own":[1,2],"extensions":{"3DTILES_batch_table_hierarchy":{"instancesLength":4,"classIds":[0,0,1,2],"parentCounts":[1,1,1,0],"parentIds":[2,2,3],
             "classes":[{"name":"Door","length":2,"instances":{"width":[80,90]}},{"name":"House","length":1,"instances":{"owner":["Ann"],"width":[7]}},{"name":"Town","length":1,"instances":{"town":["Delft"]}}]}}}
            """, [], 2, out _)!;
        Assert.Equal(["own", "class", "width", "owner", "town"], table.Row(1).Select(p => p.Key));
        Assert.Equal(("Door", 90.0, "Ann", "Delft"), (table.Value("class", 1).Text, table.Value("width", 1).Number, table.Value("owner", 1).Text, table.Value("town", 1).Text));
    }

    [Theory]
    [InlineData("{\"a\":{\"byteOffset\":4,\"componentType\":\"DOUBLE\",\"type\":\"VEC4\"}}", "2 of a at 4: 68 bytes of a binary part of 8")]
    [InlineData("{\"a\":7}", "neither an array nor in the binary part")]
    [InlineData("{\"a\":[", "not valid JSON")]
    [InlineData("{\"HIERARCHY\":{\"instancesLength\":2000000000}}", "no usable instancesLength")]
    [InlineData("{\"HIERARCHY\":{\"instancesLength\":2,\"classIds\":[0,5],\"classes\":[]}}", "no usable classIds")]
    [InlineData("{\"HIERARCHY\":{\"instancesLength\":1,\"classIds\":[0],\"parentCounts\":[2147483647],\"parentIds\":[0],\"classes\":[{\"name\":\"A\",\"instances\":{}}]}}", "no usable parentIds")]
    public void A_broken_table_is_an_error(string json, string message)
    {
        Assert.Null(Read(json, new byte[8], 2, out var error));
        Assert.Contains(message, error, StringComparison.Ordinal);
    }

    [Fact]
    public void Parents_in_a_circle_are_visited_once()
    {
        var table = Read("""{"HIERARCHY":{"instancesLength":2,"classIds":[0,0],"parentIds":[1,0],"classes":[{"name":"A","length":2,"instances":{"x":[1,2]}}]}}""", [], 2, out _)!;
        Assert.Equal(1, table.Value("x", 0).Number);
    }

    private static BatchTable? Read(string json, byte[] binary, int length, out string? error) => BatchTable.Read(Encoding.UTF8.GetBytes(json), binary, length, out error);
}
