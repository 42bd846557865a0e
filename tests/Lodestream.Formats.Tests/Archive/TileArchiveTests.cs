using System.IO.Compression;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Lodestream.Formats.Archive;

namespace Lodestream.Formats.Tests.Archive;

public class TileArchiveTests
{
    private static readonly byte[] Tile = Enumerable.Range(0, 5000).Select(i => (byte)(i / 7)).ToArray();

    [Theory]
    [InlineData(false, false, true)]
    [InlineData(false, true, true)]
    [InlineData(true, false, true)]
    [InlineData(true, false, false)]
    [InlineData(false, false, false)]
    public async Task Files_are_found_by_index_or_directory_stored_or_deflated_in_small_and_64_bit_archives(bool zip64, bool highWordFirst, bool indexed)
    {
        var made = new ArchiveBytes { Zip64 = zip64, HighWordFirst = highWordFirst }.Add("tileset.json", "{}");
        for (var i = 0; i < 100; i++)
            made.Add($"tiles/{i} ü.glb", [.. Tile, (byte)i], method: (ushort)(i % 2 * 8));
        using var archive = Open((indexed ? made.AddIndex() : made).Build());
        Assert.Equal(indexed, archive.HasIndex);
        for (var i = 0; i < 100; i++)
        {
            byte[] expected = [.. Tile, (byte)i];
            Assert.Equal(expected, (await archive.ReadAsync($"tiles/{i} ü.glb", 1 << 20)).Bytes);
        }
        Assert.Equal("{}", Encoding.UTF8.GetString((await archive.ReadAsync("tileset.json", 100)).Bytes!));
        var absent = await archive.ReadAsync("tiles/100.glb", 100);
        Assert.True(absent.IsAbsent);
        Assert.Contains("test.3tz: has no file tiles/100.glb", absent.Error, StringComparison.Ordinal);
        var (files, error) = await archive.ListFilesAsync();
        Assert.Null(error);
        Assert.Equal(101, files.Count);
    }

    [Fact]
    public async Task An_archive_that_the_framework_wrote_is_read()
    {
        var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, level) in new[] { ("tileset.json", CompressionLevel.NoCompression), ("a/b.glb", CompressionLevel.Optimal) })
            {
                using var entry = zip.CreateEntry(name, level).Open();
                entry.Write(Tile);
            }
        }
        using var archive = Open(stream.ToArray());
        Assert.Equal(Tile, (await archive.ReadAsync("tileset.json", 1 << 20)).Bytes);
        Assert.Equal(Tile, (await archive.ReadAsync("a/b.glb", 1 << 20)).Bytes);
        using var opened = archive.TryOpenEntry("a/b.glb", out var found, out var error);
        Assert.Null(error);
        Assert.Equal((ArchiveCompression.Deflate, (long)Tile.Length), (found!.Compression, found.Length));
        var copy = new MemoryStream();
        await opened!.CopyToAsync(copy);
        Assert.Equal(Tile, copy.ToArray());
    }

    [Fact]
    public async Task An_archive_in_an_archive_is_a_folder_of_the_path()
    {
        var innermost = new ArchiveBytes().Add("c.glb", Tile, method: 8).AddIndex().Build();
        var inner = new ArchiveBytes().Add("tileset.json", "inner").Add("deep.3tz", innermost).AddIndex().Build();
        using var archive = Open(new ArchiveBytes().Add("tileset.json", "outer").Add("city/inner.3tz", inner).Add("packed.3tz", inner, method: 8).AddIndex().Build());
        Assert.Equal("inner"u8.ToArray(), (await archive.ReadAsync("city/inner.3tz/tileset.json", 100)).Bytes);
        Assert.Equal(Tile, (await archive.ReadAsync("city/inner.3tz/deep.3tz/c.glb", 1 << 20)).Bytes);
        Assert.Equal("city/inner.3tz/deep.3tz/c.glb", (await archive.FindAsync("city/inner.3tz/deep.3tz/c.glb")).Entry!.Path);
        Assert.True((await archive.ReadAsync("city/inner.3tz/absent", 100)).IsAbsent);
        Assert.True((await archive.ReadAsync("city/none.3tz/tileset.json", 100)).IsAbsent);
        Assert.Contains("must be stored", (await archive.ReadAsync("packed.3tz/tileset.json", 100)).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broken_index_leaves_the_directory_to_be_used()
    {
        var made = new ArchiveBytes().Add("tileset.json", "{}").Add("a.glb", Tile);
        var wrongOffsets = made.Index();
        (wrongOffsets[16], wrongOffsets[40]) = (5, 5);
        using var misled = Open(new ArchiveBytes().Add("tileset.json", "{}").Add("a.glb", Tile).AddIndex(wrongOffsets).Build());
        Assert.True(misled.HasIndex);
        Assert.Equal(Tile, (await misled.ReadAsync("a.glb", 1 << 20)).Bytes);
        using var odd = Open(new ArchiveBytes().Add("a.glb", Tile).AddIndex(new byte[25]).Build());
        Assert.False(odd.HasIndex);
        Assert.Equal(Tile, (await odd.ReadAsync("a.glb", 1 << 20)).Bytes);
    }

    [Fact]
    public async Task Sizes_that_follow_the_data_are_taken_from_the_directory()
    {
        using var archive = Open(new ArchiveBytes().Add("a.glb", Tile, method: 8, flags: 8).AddIndex().Build());
        Assert.Equal(Tile, (await archive.ReadAsync("a.glb", 1 << 20)).Bytes);
    }

    [Fact]
    public async Task What_cannot_be_read_is_an_error_that_names_archive_and_entry()
    {
        using var archive = Open(new ArchiveBytes().Add("z.glb", Tile, method: 93).Add("e.glb", Tile, flags: 1).Add("c.glb", Tile, checksum: 7).Add("l.glb", Tile).AddIndex().Build());
        Assert.Equal("test.3tz: z.glb: not supported yet: Zstandard compression", (await archive.ReadAsync("z.glb", 1 << 20)).Error);
        Assert.Equal("test.3tz: e.glb: is encrypted, which is not supported", (await archive.ReadAsync("e.glb", 1 << 20)).Error);
        Assert.Equal("test.3tz: c.glb: does not have the checksum it should have", (await archive.ReadAsync("c.glb", 1 << 20)).Error);
        Assert.Equal("test.3tz: l.glb: has 5000 bytes; at most 4999 are accepted", (await archive.ReadAsync("l.glb", 4999)).Error);
    }

    [Theory]
    [InlineData("")]
    [InlineData("PK not at all a ZIP, though long enough to be one at first sight")]
    public void What_is_no_archive_is_an_error(string text)
    {
        Assert.Null(TileArchive.Open(new MemoryStream(Encoding.ASCII.GetBytes(text)), "test.3tz", out var error));
        Assert.Equal("test.3tz: is not a ZIP archive: it has no end of central directory", error);
    }

    [Fact]
    public async Task A_size_no_deflate_could_reach_is_refused_before_memory_is_taken()
    {
        var bytes = new ArchiveBytes().Add("a.glb", new byte[100_000], method: 8).Build();

        // The length in the directory's record: two gigabytes from a hundred bytes.
        var record = bytes.AsSpan().LastIndexOf("PK\u0001\u0002"u8);
        BitConverter.TryWriteBytes(bytes.AsSpan(record + 24), 2_000_000_000);
        using var archive = Open(bytes);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var file = await archive.ReadAsync("a.glb", long.MaxValue);
        Assert.Contains("bytes become 2000000000", file.Error, StringComparison.Ordinal);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 20);
    }

    [Fact]
    public void However_an_archive_is_damaged_it_answers()
    {
        var whole = new ArchiveBytes { Zip64 = true }.Add("tileset.json", "{}").Add("a/b.glb", Tile, method: 8).AddIndex().Build();
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000), Prop.ForAll(Gen.Choose(0, whole.Length - 1).Two().ToArbitrary(), Gen.Choose(0, 255).Two().ToArbitrary(), (places, values) =>
        {
            var damaged = whole.ToArray();
            damaged[places.Item1] = (byte)values.Item1;

            // Half the time near the end, where the directory is.
            damaged[values.Item2 % 2 == 0 ? places.Item2 : damaged.Length - 1 - places.Item2 % Math.Min(400, damaged.Length)] = (byte)values.Item2;
            using var archive = TileArchive.Open(new MemoryStream(damaged), "test.3tz", out var error);
            if (archive is null)
                return error is not null;
            var file = archive.ReadAsync("a/b.glb", 1 << 20).AsTask().GetAwaiter().GetResult();
            return file.Bytes is not null ? file.Bytes.SequenceEqual(Tile) : file.Error is not null;
        }));
    }

    [Theory]
    [InlineData("file:///x/world.3tz/tiles/0%20a.glb", "file:///x/world.3tz", "tiles/0 a.glb")]
    [InlineData("http://h/w.3TZ/t.json?key=1#x", "http://h/w.3TZ?key=1", "t.json")]
    [InlineData("/x/a.3tz/b.3tz/c", "/x/a.3tz", "b.3tz/c")]
    [InlineData("/x/a.3tz", null, null)]
    [InlineData("/x/a.3tz/", null, null)]
    [InlineData("http://h/t.json?a=b.3tz/c", null, null)]
    public void A_URI_is_taken_apart_at_the_archive(string uri, string? archive, string? path)
    {
        Assert.Equal(archive is not null, ArchiveUri.TrySplit(uri, out var foundArchive, out var foundPath));
        Assert.Equal((archive, path), (foundArchive, foundPath));
    }

    private static TileArchive Open(byte[] bytes)
    {
        var archive = TileArchive.Open(new MemoryStream(bytes), "test.3tz", out var error);
        Assert.Null(error);
        return archive!;
    }
}
