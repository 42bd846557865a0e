using Lodestream.Formats.Gltf;
using Lodestream.Formats.Preparing;
using Lodestream.Formats.Untold;
using Lodestream.Geometry;
using Lodestream.Scene;

namespace Lodestream.Formats.Tests.Untold;

public class UntoldContentTests
{
    private const string Base = "../textures/brick%20base.png", Rough = "rough.png";

    [Theory]
    [InlineData(UntoldCompression.None)]
    [InlineData(UntoldCompression.Lz4)]
    public void A_payload_is_measured_before_it_is_unpacked_and_takes_just_that(UntoldCompression compression)
    {
        var content = Open(UntoldWriter.Write(UntoldBytes.Plain(), compression));

        // Positions, normals, texture coordinates and colours: 12 + 8 + 8 + 4; six indices of two bytes.
        Assert.Equal(4 * 32 + 12, content.Cost.GeometryBytes);
        Assert.Equal((4, 2, 0), (content.Cost.Vertices, content.Cost.Triangles, content.Cost.TextureBytes));
        Assert.Equal(ContentFormat.Untold, content.Format);
        Assert.Null(content.Verify(() => false));
        Assert.Equal((new Vector3d(100, 10, 0), new Vector3d(101, 11, 0)), (content.Min, content.Max));
    }

    [Fact]
    public void Unpacked_vertices_are_what_was_written()
    {
        Check(UntoldCompression.None);
        Check(UntoldCompression.Lz4);

        static void Check(UntoldCompression compression)
        {
            var model = UntoldBytes.Random(new Random(77));
            var content = Open(UntoldWriter.Write(model, compression));
            Assert.Null(content.Verify(() => false));
            var prepared = Assert.Single(content.Models);
            GltfPrimitive[] primitives = [.. prepared.Document.Meshes.SelectMany(mesh => mesh.Primitives)];
            UntoldTriangles[] written = [.. model.Entities.SelectMany(entity => entity.Meshes)];
            Assert.Equal(written.Length, primitives.Length);
            for (var i = 0; i < written.Length; i++)
            {
                var positions = prepared.View(primitives[i].Find("POSITION"));
                var normals = prepared.View(primitives[i].Find("NORMAL"));
                var uvs = prepared.View(primitives[i].Find("TEXCOORD_0"));
                for (var v = 0; v < written[i].Vertices.Count; v++)
                {
                    var vertex = written[i].Vertices[v];
                    Assert.Equal(new Vector3d(vertex.Position.X, vertex.Position.Y, vertex.Position.Z), positions.Vector(v));
                    Assert.True((new Vector3d(vertex.Normal.X, vertex.Normal.Y, vertex.Normal.Z) - normals.Vector(v)).Length < 1.0 / 511);
                    Assert.Equal((float)(Half)vertex.Uv0.X, (float)uvs.Component(v, 0));
                }
                var indices = prepared.View(primitives[i].Indices);
                for (var n = 0; n < written[i].Indices.Count; n++)
                    Assert.Equal(written[i].Indices[n], (int)indices.Index(n));
            }
        }
    }

    [Fact]
    public void What_is_not_prepared_has_no_arrays_yet() =>
        Assert.Throws<InvalidOperationException>(() => Open(UntoldWriter.Write(UntoldBytes.Plain())).Models[0].BytesOf(0).Length);

    [Fact]
    public void Normals_of_ten_bits_are_widened_to_the_nearest_of_sixteen()
    {
        Assert.Equal(32767, UntoldVertex.Widened(511, 0));
        Assert.Equal(-32767, UntoldVertex.Widened(513, 0));
        Assert.Equal(-32767, UntoldVertex.Widened(512, 0));
        Assert.Equal(0, UntoldVertex.Widened(1023u << 10, 0));
        Assert.Equal(-64, UntoldVertex.Widened(1023u << 10, 10));
        Assert.Equal(16416, UntoldVertex.Widened(256u << 20, 20));
    }

    [Fact]
    public void Textures_are_asked_for_beside_the_payload_and_not_insisted_on()
    {
        var set = new ContentFileSet();
        Assert.True(Read(set, out var layout).IsOk);
        Assert.Null(layout);
        Assert.Equal([new(Base, true), new MissingFile(Rough, true)], set.Missing);

        set.Add(Base, ContentBytes.Of(Png(8, 4)));
        set.Add(Rough, null);
        Assert.True(Read(set, out layout).IsOk);
        var part = Assert.IsType<ModelPart>(Assert.Single(layout!.Parts));
        Assert.Equal($"its texture {Rough} is not there", Assert.Single(part.Untold!.Surfaces.LeftOut));
        Assert.Equal((8 * 4 + 4 * 2 + 2 + 1) * 4, layout.Cost.TextureBytes);
        Assert.Equal(0, part.Document.Materials[0].BaseColorTexture);
        Assert.Equal(-1, part.Untold.Surfaces.MetallicRoughness[0]);
    }

    [Fact]
    public void A_texture_that_is_no_image_is_left_out()
    {
        var set = Files(ContentBytes.Of("no image at all"u8.ToArray()), null);

        Assert.True(Read(set, out var layout).IsOk);
        Assert.Contains("is no PNG", Assert.IsType<ModelPart>(layout!.Parts[0]).Untold!.Surfaces.LeftOut[0], StringComparison.Ordinal);
        Assert.Equal(0, layout.Cost.TextureBytes);
    }

    [Fact]
    public void Roughness_and_metalness_of_other_channels_are_packed_into_an_image_of_their_own()
    {
        Assert.True(Read(Files(null, ContentBytes.Of(Png(16, 2))), out var layout).IsOk);

        var surfaces = Assert.IsType<ModelPart>(layout!.Parts[0]).Untold!.Surfaces;
        Assert.Equal(new UntoldPackedImage(0, 2, -1, 0), Assert.Single(surfaces.Packed));
        Assert.Equal((16 * 2 + 8 + 4 + 2 + 1) * 4, layout.Cost.TextureBytes);
        Assert.Equal(1, surfaces.Document.Textures[surfaces.MetallicRoughness[0]]);
    }

    [Fact]
    public void Roughness_in_green_and_metalness_in_blue_of_one_image_are_used_as_they_are()
    {
        var model = UntoldBytes.Model();
        model = model with { Materials = [model.Materials[0] with { BaseColorTexture = -1, RoughnessTexture = 1, RoughnessChannel = 1, MetallicTexture = 1, MetallicChannel = 2 }] };
        var set = new ContentFileSet();
        set.Add(Rough, ContentBytes.Of(Png(16, 2)));

        Assert.True(Read(set, out var layout, model).IsOk);
        var surfaces = Assert.IsType<ModelPart>(layout!.Parts[0]).Untold!.Surfaces;
        Assert.Empty(surfaces.Packed);
        Assert.Equal(1, surfaces.MetallicRoughness[0]);
    }

    [Fact]
    public void Only_what_is_normal_mapped_has_tangents()
    {
        var model = UntoldBytes.Model();
        model = model with { Materials = [model.Materials[0] with { RoughnessTexture = -1, NormalTexture = 0, BaseColorTexture = -1 }] };
        var (with, without) = (new ContentFileSet(), new ContentFileSet());
        with.Add(Base, ContentBytes.Of(Png(4, 4)));
        without.Add(Base, null);

        Assert.True(Read(with, out var mapped, model).IsOk);
        Assert.True(Read(without, out var plain, model).IsOk);
        Assert.Equal(4 * 40 + 12, mapped!.Cost.GeometryBytes);
        Assert.Equal(4 * 32 + 12, plain!.Cost.GeometryBytes);
    }

    [Fact]
    public void Alpha_and_sides_come_from_the_flags_else_from_the_base_colour()
    {
        GltfMaterial Of(UntoldMaterial material) => Open(UntoldWriter.Write(UntoldBytes.Plain() with { Materials = [material] })).Models[0].Document.Materials[0];

        Assert.Equal((GltfAlphaMode.Opaque, false), (Of(new()).AlphaMode, Of(new()).DoubleSided));
        Assert.Equal(GltfAlphaMode.Blend, Of(new() { BaseColor = [1, 1, 1, 0.5f] }).AlphaMode);
        Assert.Equal((GltfAlphaMode.Mask, 0.25f), (Of(new() { Flags = UntoldMaterialFlags.Mask, AlphaCutoff = 0.25f }).AlphaMode, Of(new() { Flags = UntoldMaterialFlags.Mask, AlphaCutoff = 0.25f }).AlphaCutoff));
        Assert.True(Of(new() { Flags = UntoldMaterialFlags.DoubleSided }).DoubleSided);
    }

    [Fact]
    public void An_index_out_of_range_and_a_position_that_is_not_finite_are_found_before_anything_is_drawn()
    {
        var file = UntoldWriter.Write(UntoldBytes.Plain());
        var index = file.ToArray();
        index[UntoldBytes.Chunk(file, 7) + 2] = 4;
        var position = UntoldBytes.With(file, UntoldBytes.Chunk(file, 6), 0x7fc00000);

        Assert.Contains("has index 4 at 1, of 4 vertices", Open(index).Verify(() => false), StringComparison.Ordinal);
        Assert.Contains("not finite, at vertex 0", Open(position).Verify(() => false), StringComparison.Ordinal);
    }

    [Fact]
    public void Vertices_that_cannot_be_decompressed_are_an_error_that_names_the_byte()
    {
        var large = UntoldBytes.Plain() with { Entities = [new("a", -1, Transform3d.Identity, [.. Enumerable.Repeat(UntoldBytes.Wall(0), 20)])] };
        var file = UntoldWriter.Write(large, UntoldCompression.Lz4);
        var at = UntoldBytes.Chunk(file, 6);

        Assert.Contains($"has vertices that cannot be decompressed: the block", Open(UntoldBytes.With(file, at, 0)).Verify(() => false), StringComparison.Ordinal);
        Assert.EndsWith($"at byte {at}", Open(UntoldBytes.With(file, at, 0)).Verify(() => false), StringComparison.Ordinal);
    }

    [Fact]
    public void A_payload_is_told_by_its_first_bytes_and_by_its_name()
    {
        Assert.Equal(ContentFormat.Untold, ContentSniffer.FormatOf(UntoldWriter.Write(UntoldBytes.Plain())));
        Assert.Equal(ContentFormat.Untold, Formats.Tiles3D.ContentKinds.FormatOf("tiles/a.UNTOLD?x=1"u8));
    }

    [Fact]
    public void A_payload_in_a_document_whose_gltf_is_z_up_stays_y_up()
    {
        var outcome = ContentReader.Open(UntoldWriter.Write(UntoldBytes.Plain()), UpAxis.Z, out var content);

        Assert.True(outcome.IsOk, outcome.Error);
        Assert.Null(content!.Verify(() => false));
        Assert.Equal((new Vector3d(100, 0, 10), new Vector3d(101, 0, 11)), (content.Min, content.Max));
    }

    private static PreparedContent Open(byte[] file)
    {
        var outcome = ContentReader.Open(file, UpAxis.Y, out var content);
        Assert.True(outcome.IsOk, outcome.Error);
        return content!;
    }

    private static ContentFileSet Files(ContentBytes? baseColor, ContentBytes? rough)
    {
        var set = new ContentFileSet();
        set.Add(Base, baseColor);
        set.Add(Rough, rough);
        return set;
    }

    private static ReadOutcome Read(ContentFileSet set, out ContentLayout? layout, UntoldModel? model = null) =>
        ContentLayoutReader.Read(ContentBytes.Of(UntoldWriter.Write(model ?? UntoldBytes.Model())), UpAxis.Y, set, TextureTranscoding.Blocks, out layout);

    // The header of one; nobody here decodes it.
    private static byte[] Png(int width, int height)
    {
        byte[] png = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, .. "IHDR"u8, 0, 0, 0, (byte)width, 0, 0, 0, (byte)height, 8, 6, 0, 0, 0];
        return png;
    }
}
