using System.Security.Cryptography;
using FsCheck;
using FsCheck.Fluent;
using Lodestream.Formats.Untold;
using Lodestream.Geometry;

namespace Lodestream.Formats.Tests.Untold;

public class UntoldReaderTests
{
    private const int Strings = 1, Entities = 2, Meshes = 3, Materials = 4, Textures = 5, Vertices = 6, Indices = 7;

    [Fact]
    public void What_is_written_is_read_back()
    {
        var document = Open(UntoldWriter.Write(UntoldBytes.Model()));

        Assert.Equal((1, UntoldFileType.Tile), (document.Version, document.FileType));
        Assert.Equal(["house", "wall"], document.Entities.Select(e => e.Name));
        Assert.Equal([-1, 0], document.Entities.Select(e => e.Parent));
        Assert.Equal(new Vector3d(0, 10, 0), document.Entities[1].Local.Translation);
        Assert.Equal(new UntoldBounds(new(100, 10, 0), new(101, 11, 0)), document.WorldBounds);
        var mesh = Assert.Single(document.Meshes);
        Assert.Equal(("wall", 0, 4, 6, 2), (mesh.Name, mesh.Material, mesh.VertexCount, mesh.IndexCount, mesh.IndexBytes));
        Assert.Equal(new UntoldBounds(Vector3d.Zero, new(1, 1, 0)), mesh.Bounds);
        var material = Assert.Single(document.Materials);
        Assert.Equal([0.5f, 0.25f, 1, 1], material.BaseColor);
        Assert.Equal([1f, 2, 3], material.Emissive);
        Assert.Equal((0.25f, 0.75f, 0, 1, -1, 2, 0), (material.Metallic, material.Roughness, material.BaseColorTexture, material.RoughnessTexture, material.MetallicTexture, material.RoughnessChannel, material.MetallicChannel));
        Assert.Equal(new UntoldTexture("base", "../textures/brick base.png") { Flags = UntoldTextureFlags.Srgb, Width = 8, Height = 4, MipLevels = 1 }, document.Textures[0]);
    }

    [Fact]
    public void Random_models_round_trip_plain_and_compressed()
    {
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(40), Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
        {
            var model = UntoldBytes.Random(new System.Random(seed));
            var (plain, packed) = (UntoldWriter.Write(model), UntoldWriter.Write(model, UntoldCompression.Lz4));
            var (document, compressed) = (Open(plain), Open(packed));

            Assert.Equal(model.Entities.Select(e => (e.Name, e.Parent, e.Local, e.Meshes.Count)), document.Entities.Select(e => (e.Name, e.Parent, e.Local, e.MeshCount)));
            Assert.Equal(model.Materials.Select(m => (m.Name, m.Flags, m.Roughness, m.RoughnessChannel, m.MetallicChannel)), document.Materials.Select(m => (m.Name, m.Flags, m.Roughness, m.RoughnessChannel, m.MetallicChannel)));
            Assert.Equal(document.Meshes, compressed.Meshes);
            Assert.Equal(document.Vertices.DecodedBytes, compressed.Vertices.DecodedBytes);
            Assert.Equal((model.FileType, model.RootTransform), (document.FileType, document.RootTransform));
            UntoldTriangles[] meshes = [.. model.Entities.SelectMany(e => e.Meshes)];
            for (var i = 0; i < meshes.Length; i++)
            {
                for (var v = 0; v < meshes[i].Vertices.Count; v++)
                    Same(meshes[i].Vertices[v], UntoldVertex.Read(document.Vertices.Range.Of(plain)[(document.Meshes[i].VertexOffset + v * UntoldVertex.Bytes)..]));
            }
        }));
    }

    [Fact]
    public void The_content_hash_is_of_everything_behind_the_header_and_zeros_are_none()
    {
        var file = UntoldWriter.Write(UntoldBytes.Model());

        Assert.Equal(SHA256.HashData(file.AsSpan(UntoldBytes.Header)), Open(file).ContentHash);
        file.AsSpan(140, 32).Clear();
        Assert.Empty(Open(file).ContentHash);
    }

    [Theory]
    [InlineData(2u, 88)]
    [InlineData(3u, 100)]
    [InlineData(4u, 108)]
    public void Later_versions_have_longer_materials_whose_channels_come_last(uint version, int recordBytes)
    {
        var file = Longer(UntoldWriter.Write(UntoldBytes.Model()), recordBytes, version);

        var material = Assert.Single(Open(file).Materials);
        Assert.Equal((0.75f, 1, 2), (material.Roughness, material.RoughnessTexture, material.RoughnessChannel));
    }

    [Fact]
    public void Chunks_of_other_types_are_passed_over()
    {
        // The strings are there once more, as something that is not known.
        var file = UntoldWriter.Write(UntoldBytes.Plain());
        var without = UntoldBytes.With(file, UntoldBytes.Entry(file, Textures), 0x8001);

        Assert.Single(Open(without).Meshes);
    }

    [Fact]
    public void Another_magic_is_no_payload() => Refused(UntoldBytes.With(Sample, 0, 0x11111111), "does not begin with UNTOLD (byte 0)");

    [Fact]
    public void A_version_that_is_not_known_is_not_supported()
    {
        foreach (var version in (uint[])[0, 5, 77])
            Assert.Equal(ReadStatus.NotSupported, Refused(UntoldBytes.With(Sample, 8, version), $"version {version}; 1 to 4 are read (byte 8)").Status);
    }

    [Fact]
    public void Animations_are_not_supported() => Assert.Equal(ReadStatus.NotSupported, Refused(UntoldBytes.With(Sample, 12, 5), "animations, which hold nothing to draw (byte 12)").Status);

    [Fact]
    public void A_file_type_that_is_not_known_is_refused() => Refused(UntoldBytes.With(Sample, 12, 9), "file type 9, which is not known (byte 12)");

    [Fact]
    public void A_truncated_header_is_refused() => Refused(Sample[..100], "ends within its header: 204 bytes are needed, 100 are there");

    [Fact]
    public void A_header_of_a_wrong_size_is_refused()
    {
        Refused(UntoldBytes.With(Sample, 20, 100), "header of 100 bytes");
        Refused(UntoldBytes.With(Sample, 20, 1_000_000), "(byte 20)");
    }

    [Fact]
    public void A_chunk_table_that_does_not_fit_is_refused() => Refused(UntoldBytes.With(Sample, 24, 4000), "4000 chunks, whose table does not fit into the file (byte 24)");

    [Fact]
    public void Vertices_of_another_layout_are_refused() => Refused(UntoldBytes.With(Sample, 44, 2), "vertices of layout 2; 1 is read (byte 44)");

    [Fact]
    public void A_root_transform_that_is_not_finite_is_refused() => Refused(UntoldBytes.With(Sample, 76, 0x7f800000), "root transform that is not finite (byte 76)");

    [Theory]
    [InlineData(Strings, "strings")]
    [InlineData(Entities, "entities")]
    [InlineData(Meshes, "meshes")]
    [InlineData(Materials, "materials")]
    [InlineData(Textures, "textures")]
    [InlineData(Vertices, "vertices")]
    [InlineData(Indices, "indices")]
    public void A_missing_chunk_is_named(int type, string name) => Refused(UntoldBytes.With(Sample, UntoldBytes.Entry(Sample, type), 99), $"has no {name}");

    [Fact]
    public void A_chunk_that_is_there_twice_is_refused() => Refused(UntoldBytes.With(Sample, UntoldBytes.Entry(Sample, Indices), Vertices), "has vertices twice");

    [Fact]
    public void A_chunk_past_the_end_is_refused()
    {
        Refused(UntoldBytes.With(Sample, UntoldBytes.Entry(Sample, Meshes) + 8, 1 << 20), $"reach out of the file's {Sample.Length} (byte {UntoldBytes.Entry(Sample, Meshes) + 8})");
        Refused(UntoldBytes.With(Sample, UntoldBytes.Entry(Sample, Meshes) + 12, 0xffffffff), "reach out of the file");
        Refused(UntoldBytes.With(Sample, UntoldBytes.Entry(Sample, Meshes) + 8, 16), "reach out of the file");
    }

    [Fact]
    public void A_chunk_that_is_not_aligned_is_refused() =>
        Refused(UntoldBytes.With(Sample, UntoldBytes.Entry(Sample, Meshes) + 8, (uint)UntoldBytes.Chunk(Sample, Meshes) + 4), "which is not a multiple of 16");

    [Fact]
    public void Zstd_is_not_supported() =>
        Assert.Equal(ReadStatus.NotSupported, Refused(UntoldBytes.With(Sample, UntoldBytes.Entry(Sample, Vertices) + 4, 2), $"zstd (the vertices, byte {UntoldBytes.Entry(Sample, Vertices) + 4})").Status);

    [Fact]
    public void A_compression_that_is_not_known_is_refused() => Refused(UntoldBytes.With(Sample, UntoldBytes.Entry(Sample, Vertices) + 4, 3), "vertices of compression 3");

    [Fact]
    public void Sizes_that_cannot_be_are_refused()
    {
        Refused(UntoldBytes.With(Sample, UntoldBytes.Entry(Sample, Vertices) + 24, 64), "64 decompressed, which cannot be");
        var packed = UntoldWriter.Write(Large, UntoldCompression.Lz4);
        Refused(UntoldBytes.With(packed, UntoldBytes.Entry(packed, Vertices) + 24, 0x7fffffff), "decompressed, which cannot be");
    }

    [Fact]
    public void A_compressed_table_is_read_and_its_damage_named()
    {
        var file = UntoldWriter.Write(UntoldBytes.Plain());

        // The strings, as a block of literals: a length and the bytes. The rest of the file comes behind.
        var strings = file.AsSpan(UntoldBytes.Chunk(file, Strings), "brick house wall ".Length);
        byte[] block = [0xf0, (byte)(strings.Length - 15), .. strings];
        byte[] moved = [.. file, .. new byte[(16 - file.Length % 16) % 16], .. block];
        var (entry, at) = (UntoldBytes.Entry(file, Strings), moved.Length - block.Length);
        foreach (var (field, word) in ((int, int)[])[(4, 1), (8, at), (16, block.Length), (24, strings.Length)])
            moved = UntoldBytes.With(moved, entry + field, (uint)word);

        Assert.Equal("wall", Open(moved).Entities[1].Name);
        Refused(UntoldBytes.With(UntoldBytes.With(moved, at, 0xffffffff), entry + 16, 4), $"strings that cannot be decompressed: the block ends within a length (byte 4 of the block), which is at byte {at}");
    }

    [Fact]
    public void Records_that_do_not_fit_their_number_are_refused()
    {
        Refused(UntoldBytes.With(Sample, UntoldBytes.Entry(Sample, Meshes) + 32, 3), "bytes of meshes for 3 records of 104 bytes or more");
        Refused(UntoldBytes.With(Sample, UntoldBytes.Entry(Sample, Entities) + 32, 0xffffffff), "bytes of entities for 4294967295 records");
        Refused(UntoldBytes.With(Sample, 40, 3), "has 2 entities, its header counts 3");
    }

    [Fact]
    public void A_string_outside_the_table_or_without_end_is_refused()
    {
        var at = UntoldBytes.Chunk(Sample, Meshes) + 4;
        Refused(UntoldBytes.With(Sample, at, 5000), $"has a mesh 0 with a string of offset 5000, outside the string table's");
        Refused(UntoldBytes.With(Sample, at, 5000), $"(byte {at})");
        var strings = (int)BitConverter.ToUInt64(Sample, UntoldBytes.Entry(Sample, Strings) + 16);
        var unterminated = Sample.ToArray();
        unterminated[UntoldBytes.Chunk(Sample, Strings) + strings - 1] = (byte)'x';
        Refused(unterminated, "and no end before the string table's");
    }

    [Fact]
    public void Indices_of_records_out_of_range_are_refused()
    {
        Refused(UntoldBytes.With(Sample, UntoldBytes.Chunk(Sample, Meshes) + 8, 1), $"mesh 0 of material 1 of 1 (byte {UntoldBytes.Chunk(Sample, Meshes) + 8})");
        Refused(UntoldBytes.With(Sample, UntoldBytes.Chunk(Sample, Materials) + 56, 2), $"material 0 with texture 2 of 2 (byte {UntoldBytes.Chunk(Sample, Materials) + 56})");
        Refused(UntoldBytes.With(Sample, UntoldBytes.Chunk(Sample, Entities) + 136 + 12, 1), "entity 1 with meshes 1 to 1 of 1");
        Refused(UntoldBytes.With(Sample, UntoldBytes.Chunk(Sample, Entities) + 136 + 16, 0xffffffff), "entity 1 with meshes 0 to 4294967294 of 1");
        Refused(UntoldBytes.With(Sample, UntoldBytes.Chunk(Sample, Entities) + 136 + 4, 7), "entity 1 below entity 7, which is not there");
        Refused(UntoldBytes.With(Sample, UntoldBytes.Chunk(Sample, Meshes), 0), "entity 1 with a mesh 0 that names entity 0");
    }

    [Fact]
    public void Entities_that_are_their_own_ancestors_or_there_twice_are_refused()
    {
        Refused(UntoldBytes.With(Sample, UntoldBytes.Chunk(Sample, Entities) + 4, 1), "is its own ancestor");
        Refused(UntoldBytes.With(Sample, UntoldBytes.Chunk(Sample, Entities) + 136, 0), "two entities 0");
    }

    [Fact]
    public void A_stride_that_is_not_the_layouts_is_refused() => Refused(UntoldBytes.With(Sample, UntoldBytes.Chunk(Sample, Meshes) + 24, 36), "a vertex every 36 bytes; layout 1 has one every 32");

    [Fact]
    public void An_index_type_that_is_not_known_is_refused() => Refused(UntoldBytes.With(Sample, UntoldBytes.Chunk(Sample, Meshes) + 12, 3), "indices of type 3");

    [Fact]
    public void Byte_sizes_that_are_not_count_times_size_are_refused()
    {
        Refused(UntoldBytes.With(Sample, UntoldBytes.Chunk(Sample, Meshes) + 48, 64), "64 bytes of vertices, which by their number are 128");
        Refused(UntoldBytes.With(Sample, UntoldBytes.Chunk(Sample, Meshes) + 56, 6), "6 bytes of indices, which by their number are 12");
        Refused(UntoldBytes.With(Sample, UntoldBytes.Chunk(Sample, Meshes) + 12, 2), "12 bytes of indices, which by their number are 24");
        Refused(UntoldBytes.With(Sample, UntoldBytes.Chunk(Sample, Meshes) + 20, 7), "7 indices, which are no triangles");
    }

    [Fact]
    public void A_range_past_its_chunk_is_refused()
    {
        Refused(UntoldBytes.With(Sample, UntoldBytes.Chunk(Sample, Meshes) + 32, 32), "128 bytes of vertices at 32, which reach out of the chunk's 128");
        Refused(UntoldBytes.With(Sample, UntoldBytes.Chunk(Sample, Meshes) + 44, 1), "12 bytes of indices at 4294967296, which reach out of the chunk's 12");
    }

    [Fact]
    public void What_cannot_be_written_is_refused_by_the_writer()
    {
        var model = UntoldBytes.Plain();

        Assert.Throws<ArgumentException>(() => UntoldWriter.Write(model with { FileType = UntoldFileType.Animation }));
        Assert.Throws<ArgumentException>(() => UntoldWriter.Write(model with { Materials = [new() { BaseColorTexture = 0 }] }));
        Assert.Throws<ArgumentException>(() => UntoldWriter.Write(model with { Materials = [] }));
        Assert.Throws<ArgumentException>(() => UntoldWriter.Write(model with { Materials = [new() { RoughnessChannel = 4 }] }));
        Assert.Throws<ArgumentException>(() => UntoldWriter.Write(model with { Entities = [new("a", 0, Transform3d.Identity, [])] }));
        Assert.Throws<ArgumentException>(() => UntoldWriter.Write(model with { Entities = [new("a", -1, Transform3d.Identity, [UntoldBytes.Wall(0) with { Indices = [0, 1, 4] }])] }));
        Assert.Throws<ArgumentException>(() => UntoldWriter.Write(model with { RootTransform = Transform3d.Identity with { Translation = new(double.NaN, 0, 0) } }));
    }

    private static readonly byte[] Sample = UntoldWriter.Write(UntoldBytes.Model());

    private static readonly UntoldModel Large = UntoldBytes.Plain() with { Entities = [new("a", -1, Transform3d.Identity, [.. Enumerable.Repeat(UntoldBytes.Wall(0), 20)])] };

    private static UntoldDocument Open(byte[] file)
    {
        var outcome = UntoldReader.Read(ContentBytes.Of(file), new(0, file.Length), out var document);
        Assert.True(outcome.IsOk, outcome.Error);
        return document!;
    }

    private static ReadOutcome Refused(byte[] file, string reason)
    {
        var outcome = UntoldReader.Read(ContentBytes.Of(file), new(0, file.Length), out var document);
        Assert.Null(document);
        Assert.Contains(reason, outcome.Error, StringComparison.Ordinal);
        return outcome;
    }

    private static void Same(UntoldVertex written, UntoldVertex read)
    {
        const float step = 1f / 511;
        Assert.Equal((written.Position, written.Color, written.Tangent.W), (read.Position, read.Color, read.Tangent.W));
        Assert.True((written.Normal - read.Normal).Length() <= step && (written.Uv0 - read.Uv0).Length() < 0.05f, $"{written} {read}");
    }

    // The same file with longer material records, as later versions have them: the materials move behind the rest.
    private static byte[] Longer(byte[] file, int recordBytes, uint version)
    {
        var (entry, at) = (UntoldBytes.Entry(file, Materials), UntoldBytes.Chunk(file, Materials));
        byte[] record = [.. file.AsSpan(at, 80), .. new byte[recordBytes - 88], .. file.AsSpan(at + 80, 8)];
        byte[] longer = [.. file, .. new byte[(16 - file.Length % 16) % 16], .. record];
        foreach (var (field, word) in ((int, int)[])[(8, longer.Length - recordBytes), (16, recordBytes), (24, recordBytes)])
            longer = UntoldBytes.With(longer, entry + field, (uint)word);
        return UntoldBytes.With(longer, 8, version);
    }
}
