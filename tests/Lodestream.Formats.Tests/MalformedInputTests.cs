using System.Text;
using Lodestream.Formats.Archive;
using Lodestream.Formats.Gltf;
using Lodestream.Formats.Legacy;
using Lodestream.Formats.Metadata;
using Lodestream.Formats.Preparing;
using Lodestream.Formats.Tests.Archive;
using Lodestream.Formats.Tests.Gltf;
using Lodestream.Formats.Tests.Tiles3D;
using Lodestream.Formats.Tests.Tiles3D.Implicit;
using Lodestream.Formats.Tiles3D;
using Lodestream.Scene;

namespace Lodestream.Formats.Tests;

/// <summary>What bench/Lodestream.Fuzz found, each with the least input that shows it.</summary>
public class MalformedInputTests
{
    // Long enough that what takes time by its square would take minutes.
    private const int Many = 40_000;

    [Theory]
    [InlineData("""{"classes":5}""", "schema.classes is not an object")]
    [InlineData("""{"classes":{},"enums":[1]}""", "schema.enums is not an object")]
    [InlineData("""{"classes":{"a":1,"b":{}}}""", "schema.classes.a is not an object")]
    [InlineData("""{"enums":{"a":1,"b":{}}}""", "schema.enums.a is not an object")]
    [InlineData("""{"classes":1,"enums":1}""", "schema.classes is not an object")]
    public void A_schema_is_left_at_its_first_error(string json, string expected) =>
        Assert.Contains(expected, MetadataSchemaReader.Read(Utf8(json), out _).Error, StringComparison.Ordinal);

    [Fact]
    public void A_key_that_is_no_Unicode_is_an_error_wherever_it_stands()
    {
        const string key = """{"\ud800":1}""";
        Assert.Contains("a string is not valid text (offset 1)", MetadataSchemaReader.Read(Utf8(key), out _).Error, StringComparison.Ordinal);
        Assert.Contains("a string is not valid text", GltfReader.Read(Utf8(key), out _).Error, StringComparison.Ordinal);
        Assert.Null(BatchTable.Read(Utf8(key), default, 1, out var error));
        Assert.Contains("a string is not valid text", error, StringComparison.Ordinal);
        Assert.Equal(ContentFormat.Unknown, ContentSniffer.FormatOf(Utf8(key)));
        Assert.False(ContentReader.Open(Utf8(key), UpAxis.Y, out _).IsOk);
        var world = new ImplicitText(ImplicitText.Quadtree());
        world.Add("s/0.0.0.0.subtree", key);
        Assert.Contains("s/0.0.0.0.subtree: is not a subtree: its JSON is not valid: a string is not valid text", world.Expand(world.Unexpanded[0]).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void An_escaped_key_is_the_key_that_it_spells()
    {
        Assert.True(MetadataSchemaReader.Read(Utf8("""{"\u0063lasses":{"a":{}}}"""), out var schema).IsOk);
        Assert.Single(schema!.Classes);
    }

    [Theory]
    [InlineData("""{"propertyTables":[""")]
    [InlineData("""{"schema":{"classes":{}},"propertyTextures":[3]}""")]
    [InlineData("""{"schema":{"classes":{}},"propertyAttributes":[{"class":"\ud800"}]}""")]
    [InlineData("")]
    public void Broken_structural_metadata_is_an_error(string json)
    {
        var outcome = ModelMetadata.Read(Utf8(json), Utf8("""{"classes":{}}"""), _ => default, out var metadata);
        Assert.StartsWith("its EXT_structural_metadata is not valid JSON: ", outcome.Error, StringComparison.Ordinal);
        Assert.Null(metadata);
    }

    [Fact]
    public void What_a_file_says_is_quoted_in_one_line_that_can_be_read()
    {
        var name = new string('x', 70_000) + "\n   at";
        var escaped = name.Replace("\n", "\\n", StringComparison.Ordinal);
        var messages = new[]
        {
            MetadataSchemaReader.Read(Utf8($$$"""{"classes":{"a":{"properties":{"p":{"type":"{{{escaped}}}"} } } } }"""), out _).Error,
            TilesetText.Read($$"""{"asset":{"version":"1.{{escaped}}"} ,"root":{} }""").Error,
            TilesetText.Read(TilesetText.WithRoot($$"""{{TilesetText.Box}},"refine":"{{escaped}}" """)).Warnings[0].Message,
            ContentReader.Open(GltfBytes.Glb($$"""{"asset":{"version":"{{escaped}}"} }"""), UpAxis.Y, out _).Error,
            BatchErrorOf($$"""{"{{escaped}}":7}"""),

            // The framework quotes a misspelt literal until something ends it.
            MetadataSchemaReader.Read(Utf8("{\"classes\":tru" + name), out _).Error,
            TilesetText.Read("{\"asset\":tru" + name).Error,
        };
        Assert.All(messages, message =>
        {
            Assert.InRange(message!.Length, 10, 400);
            Assert.DoesNotContain('\n', message);
        });
    }

    [Fact]
    public void A_file_that_cannot_be_had_is_an_error_and_not_a_model_without_bytes()
    {
        var json = Utf8(GltfBytes.Triangle.Replace("\"buffers\":[{", "\"buffers\":[{\"uri\":\"far/a.bin\",", StringComparison.Ordinal));
        var files = new ContentFileSet();
        files.Add("far/a.bin", null);
        var outcome = ContentLayoutReader.Read(ContentBytes.Of(json), UpAxis.Y, files, TextureTranscoding.Blocks, out var layout);
        Assert.Equal("buffers[0] names the file far/a.bin, which is not there", outcome.Error);
        Assert.Null(layout);
    }

    [Fact]
    public void An_implicit_tile_has_no_more_contents_than_a_tile_may_have()
    {
        var contents = string.Join(',', Enumerable.Range(0, 40).Select(c => $$$"""{"uri":"{{{c}}}/{level}_{x}_{y}.glb"}"""));
        var world = new ImplicitText(ImplicitText.Quadtree(content: $"\"contents\":[{contents}],"));
        Assert.Contains("more than 32 contents; those beyond are skipped", world.Result.Warnings.Single().Message, StringComparison.Ordinal);
        var all = string.Join(',', Enumerable.Repeat("{\"constant\":1}", 40));
        world.Add("s/0.0.0.0.subtree", $$"""{"tileAvailability":{"constant":1},"contentAvailability":[{{all}}],"childSubtreeAvailability":{"constant":0} }""");
        Assert.True(world.Expand(world.Unexpanded[0]).IsOk);
        Assert.Equal(5 * 32, world.Drawn.Length);
    }

    [Fact]
    public void A_property_table_whose_size_overflows_is_refused()
    {
        Assert.True(MetadataSchemaReader.Read(Utf8("""{"classes":{"a":{"properties":{"m":{"type":"MAT4","componentType":"FLOAT64","array":true,"count":2147483647},"s":{"type":"STRING","array":true,"count":2147483647}}}}}"""), out var schema).IsOk);
        Assert.True(PropertyTableReader.Read(Utf8("""[{"class":"a","count":2147483647,"properties":{"m":{"values":0},"s":{"values":0,"stringOffsets":1,"stringOffsetType":"UINT64"}}}]"""), schema!, out var tables).IsOk);
        Assert.All(tables.Single().Columns, column => Assert.Contains($"properties.{column.Property.Id}: its ", column.Check(new(new byte[64], default, new byte[64])), StringComparison.Ordinal));
    }

    [Fact]
    public void Instances_beyond_what_their_class_says_have_no_properties()
    {
        var table = BatchTable.Read(
            Utf8("""{"HIERARCHY":{"instancesLength":3,"classIds":[0,0,0],"classes":[{"name":"A","length":1,"instances":{"x":{"byteOffset":0,"componentType":"BYTE","type":"SCALAR"}}}]}}"""),
            new byte[] { 7 }, 3, out var error)!;
        Assert.Null(error);
        Assert.Equal(7, table.Value("x", 0).Number);
        Assert.True(table.Value("x", 2).IsNone);
    }

    [Fact]
    public async Task A_nested_archive_that_claims_more_than_it_has_is_an_error()
    {
        var inner = new ArchiveBytes().Add("a", "x").AddIndex().Build();
        var bytes = new ArchiveBytes().Add("inner.3tz", inner).Build();
        BitConverter.TryWriteBytes(bytes.AsSpan(bytes.AsSpan().LastIndexOf("PK\u0001\u0002"u8) + 24), uint.MaxValue - 1);
        using var archive = TileArchive.Open(new MemoryStream(bytes), "test.3tz", out _)!;
        Assert.Equal($"test.3tz: inner.3tz: is stored in {inner.Length} bytes, and said to have 4294967294", (await archive.ReadAsync("inner.3tz/a", 100)).Error);
    }

    [Fact]
    public async Task A_compressed_entry_takes_memory_for_what_is_there_and_not_for_what_it_claims()
    {
        var text = new byte[40_000];
        new Random(1).NextBytes(text);
        var bytes = new ArchiveBytes().Add("a", text, method: 8).Build();
        BitConverter.TryWriteBytes(bytes.AsSpan(bytes.AsSpan().LastIndexOf("PK\u0001\u0002"u8) + 24), 40_000_000);
        using var archive = TileArchive.Open(new MemoryStream(bytes), "test.3tz", out _)!;
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("does not decompress to the 40000000 bytes it says", (await archive.ReadAsync("a", long.MaxValue)).Error, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10 * text.Length);
        using var sound = TileArchive.Open(new MemoryStream(new ArchiveBytes().Add("zeros", new byte[1_000_000], method: 8).Build()), "test.3tz", out _)!;
        Assert.Equal(new byte[1_000_000], (await sound.ReadAsync("zeros", 1_000_000)).Bytes);
    }

    [Fact]
    public void Broken_tiles_beyond_the_warnings_that_are_kept_take_no_memory()
    {
        var children = string.Join(',', Enumerable.Repeat("{}", 300_000));
        var json = Utf8(TilesetText.WithRoot($"{TilesetText.Box},\"children\":[{children}]"));
        var before = GC.GetAllocatedBytesForCurrentThread();
        var result = TilesetReader.Read(json, "https://example.test/tileset.json", TilesetParent.Scene);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.Equal((1, 300_000, TilesetReader.MaximumWarnings), (result.Block!.TileCount, result.WarningCount, result.Warnings.Count));
        Assert.Equal("root.children[999]", result.Warnings[^1].Path);
        Assert.InRange(allocated, 0, 4 * json.Length + (1 << 20));
    }

    [Fact]
    public void A_JPEG_of_the_smallest_segments_is_read_in_a_few_looks()
    {
        byte[] image = [0xff, 0xd8, .. Enumerable.Repeat<byte[]>([0xff, 0xe0, 0, 2], Many).SelectMany(s => s), 0xff, 0xc0, 0, 11, 8, 0, 64, 0, 32, 1, 1, 0x11, 0];
        var (needed, looks) = (64, 0);
        while (ImageHeader.Read(image.AsSpan(0, needed), image.Length, out _) is { Status: ReadStatus.NeedMore } more)
            (needed, looks) = (more.NeededBytes, looks + 1);
        Assert.InRange(looks, 1, 20);
        Assert.True(ImageHeader.Read(image, image.Length, out var header).IsOk);
        Assert.Equal((32, 64), (header.Width, header.Height));
    }

    [Fact]
    public void More_attributes_than_any_host_has_are_refused()
    {
        var attributes = string.Join(',', Enumerable.Range(0, 300).Select(i => $"\"_{i}\":0"));
        var json = GltfBytes.Triangle.Replace("\"POSITION\":0", "\"POSITION\":0," + attributes, StringComparison.Ordinal);
        Assert.Contains("meshes[0].primitives[0] has 301 attributes", ContentReader.Open(GltfBytes.Glb(json, GltfBytes.TriangleBinary()), UpAxis.Y, out _).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_that_a_content_names_by_the_thousand_are_found_each_once()
    {
        var json = Utf8($$"""{"asset":{"version":"2.0"},"nodes":[],"images":[{{string.Join(',', Enumerable.Range(0, Many).Select(i => $"{{\"uri\":\"{i}.png\"}}"))}}]}""");
        var files = new ContentFileSet();
        Assert.Null(ContentLayoutReader.Read(ContentBytes.Of(json), UpAxis.Y, files, TextureTranscoding.Blocks, out _).Error);
        Assert.Equal(Many, files.Missing.Count);
        foreach (var missing in files.Missing.ToArray())
            files.Add(missing.Reference, ContentBytes.Of(ImageHeaderTests.Png(1, 1)));
        Assert.Empty(files.Missing);
        Assert.True(ContentLayoutReader.Read(ContentBytes.Of(json), UpAxis.Y, files, TextureTranscoding.Blocks, out var layout).IsOk);
        Assert.Equal(Many, layout!.Files.Count);
    }

    [Fact]
    public void A_URI_longer_than_any_server_takes_is_refused()
    {
        var uri = new string('a', 10_000);
        var world = new ImplicitText(ImplicitText.Quadtree());
        world.Add("s/0.0.0.0.subtree", $$"""{"buffers":[{"uri":"{{uri}}","byteLength":1}],"tileAvailability":{"constant":1},"childSubtreeAvailability":{"constant":0} }""");
        Assert.Contains("buffers[0] names its file by a URI of 10000 characters", world.Expand(world.Unexpanded[0]).Error, StringComparison.Ordinal);
        var json = GltfBytes.Triangle.Replace("\"buffers\":[{", $"\"buffers\":[{{\"uri\":\"{uri}\",", StringComparison.Ordinal);
        Assert.Contains("buffers[0] names its file by a URI of 10000 characters", ContentReader.Open(Utf8(json), UpAxis.Y, out _).Error, StringComparison.Ordinal);
    }

    private static string? BatchErrorOf(string json)
    {
        Assert.Null(BatchTable.Read(Utf8(json), default, 1, out var error));
        return error;
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
