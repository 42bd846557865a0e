using Lodestream.Formats.Preparing;
using Lodestream.Formats.Tests.Gltf;
using Lodestream.Scene;
using static Lodestream.Formats.Tests.Legacy.LegacyBytes;

namespace Lodestream.Formats.Tests.Legacy;

public class CmptReaderTests
{
    private static readonly byte[] Points = Pnts("""{"POINTS_LENGTH":1,"POSITION":{"byteOffset":0}}""", Floats(50, 0, 0));

    [Fact]
    public void Contents_of_nested_composites_are_all_opened_and_add_up()
    {
        var b3dm = GltfBytes.B3dm(GltfBytes.TriangleGlb(), "{\"BATCH_LENGTH\":1}", null, "{\"id\":[5]}");
        var i3dm = I3dm("""{"INSTANCES_LENGTH":1,"POSITION":{"byteOffset":0}}""", Floats(0, 0, 7), GltfBytes.TriangleGlb());
        var outcome = ContentReader.Open(Cmpt(b3dm, Cmpt(i3dm, Cmpt()), Points), UpAxis.Z, out var content);
        Assert.True(outcome.IsOk, outcome.Error);
        Assert.Equal([ContentFormat.B3dm, ContentFormat.I3dm, ContentFormat.Pnts], content!.Layout.Parts.Select(part => part.Format));
        Assert.Equal(42 + 10 + 42 + 64 + 12, content.Cost.GeometryBytes);
        Assert.Null(content.Verify(() => false));
        Assert.Equal((50.0, 7.0), (content.Max.X, content.Max.Z));
        Assert.Equal(5, content.Models[0].ReadBatchTable(out _)!.Value("id", 0).Number);
    }

    [Fact]
    public void Composites_nested_too_deep_and_contents_beyond_the_end_are_errors_with_their_place()
    {
        var deep = Cmpt();
        for (var i = 0; i < 20; i++)
            deep = Cmpt(deep);
        Assert.Contains("more than 8 deep", ContentReader.Open(deep, UpAxis.Y, out _).Error, StringComparison.Ordinal);

        var cut = Cmpt(Points);
        cut[16 + 8] = 255;
        Assert.Contains("(byte 24)", ContentReader.Open(cut, UpAxis.Y, out _).Error, StringComparison.Ordinal);
        var more = Cmpt(Points);
        more[12] = 3;
        Assert.Contains("names 3 contents and ends after 1", ContentReader.Open(more, UpAxis.Y, out _).Error, StringComparison.Ordinal);
        Assert.Contains("its content 0, at byte 16, its feature table", ContentReader.Open(Cmpt(Pnts("{}", [])), UpAxis.Y, out _).Error, StringComparison.Ordinal);
    }
}
