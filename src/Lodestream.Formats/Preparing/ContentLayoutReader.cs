using Lodestream.Formats.Gltf;
using Lodestream.Formats.Legacy;
using Lodestream.Formats.Tiles3D;
using Lodestream.Geometry;
using Lodestream.Scene;

namespace Lodestream.Formats.Preparing;

/// <summary>
/// Reads where everything in a content is and what it will take: containers, tables, glTF JSON, image headers. Looks at the ranges that
/// tell, and decodes nothing.
/// </summary>
public sealed partial class ContentLayoutReader
{
    // What a content takes is counted before any of it is allocated; beyond this no host's buffers reach.
    private const long MaximumBytes = int.MaxValue;

    private readonly ContentBytes _bytes;
    private readonly UpAxis _upAxis;
    private readonly TextureTranscoding _transcoding;
    private readonly ContentFileSet _files;
    private readonly List<ContentPart> _parts = [];

    private ContentLayoutReader(ContentBytes bytes, UpAxis upAxis, TextureTranscoding transcoding, ContentFileSet files) =>
        (_bytes, _upAxis, _transcoding, _files) = (bytes, upAxis, transcoding, files);

    /// <summary>Reads a content.</summary>
    /// <param name="bytes">The content.</param>
    /// <param name="upAxis">Which axis points up in glTF models, by the document that names the content (<see cref="TileTree.UpAxisOf"/>).</param>
    /// <param name="files">The files it names, as far as they are there; what is missing is added to its list.</param>
    /// <param name="transcoding">What the host turns Basis textures into.</param>
    /// <param name="layout">The content's layout, where it went well and no file is missing; else null.</param>
    public static ReadOutcome Read(ContentBytes bytes, UpAxis upAxis, ContentFileSet files, TextureTranscoding transcoding, out ContentLayout? layout)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        ArgumentNullException.ThrowIfNull(files);
        layout = null;
        var whole = new ByteRange(0, bytes.Length);
        var format = FormatOf(bytes);
        var reader = new ContentLayoutReader(bytes, upAxis, transcoding, files);
        var outcome = format switch
        {
            ContentFormat.Cmpt => reader.ReadComposite(whole),
            ContentFormat.Tileset => ReadOutcome.Malformed("is a tileset, though its URI does not end in .json: only what the URI tells to be one is expanded"),
            ContentFormat.Unknown => ReadOutcome.Malformed(bytes.Length == 0 ? "is empty" : $"begins with {Start(bytes.Read(whole with { Length = Math.Min(8, bytes.Length) }))}, which is no known content"),
            _ => reader.ReadContent(format, whole),
        };
        if (!outcome.IsOk || files.Missing.Count > 0)
            return outcome;
        var read = new ContentLayout(format, reader._parts, files.Names);
        if (read.Cost.GeometryBytes > MaximumBytes || read.Cost.TextureBytes > MaximumBytes)
            return ReadOutcome.Malformed($"would take {read.Cost.GeometryBytes:N0} bytes of geometry and {read.Cost.TextureBytes:N0} of textures, more than {MaximumBytes:N0}");
        layout = read;
        return ReadOutcome.Ok;
    }

    // A glTF's JSON may begin with much that tells nothing: metadata, most often.
    private static ContentFormat FormatOf(ContentBytes bytes)
    {
        var start = bytes.Read(new(0, Math.Min(1024, bytes.Length)));
        var format = ContentSniffer.FormatOf(start);
        return format == ContentFormat.Unknown && start.IndexOf((byte)'{') is >= 0 and < 64 ? ContentSniffer.FormatOf(bytes.Read(new(0, bytes.Length))) : format;
    }

    private ReadOutcome ReadComposite(ByteRange whole)
    {
        var outcome = CmptReader.Read(_bytes, whole, out var contents);
        for (var i = 0; outcome.IsOk && i < contents.Count; i++)
        {
            outcome = ReadContent(contents[i].Format, contents[i].Range);
            if (!outcome.IsOk)
                outcome = outcome with { Error = $"its content {i}, at byte {contents[i].Range.Offset}, {outcome.Error}" };
        }
        return outcome;
    }

    private ReadOutcome ReadContent(ContentFormat format, ByteRange range) => format switch
    {
        ContentFormat.B3dm => ReadB3dm(range),
        ContentFormat.I3dm => ReadI3dm(range),
        ContentFormat.Pnts => ReadPnts(range),
        ContentFormat.Glb => ReadGlb(new(0, range), new() { Format = format }),
        ContentFormat.Gltf => ReadGltf(new(0, range), default, new() { Format = format }),
        ContentFormat.Untold => ReadUntold(range),
        _ => ReadOutcome.NotSupported($"{format.ToString().ToLowerInvariant()} contents"),
    };

    private ReadOutcome ReadB3dm(ByteRange range)
    {
        B3dm b3dm;
        ReadOutcome outcome;
        var needed = Math.Min(range.Length, 4096);
        while ((outcome = B3dmReader.Read(_bytes.Read(range with { Length = needed }), range.Length, out b3dm)).Status == ReadStatus.NeedMore)
            needed = outcome.NeededBytes;
        if (!outcome.IsOk)
            return outcome;
        outcome = ReadGlb(new(0, Within(range, b3dm.Glb)), new()
        {
            Format = ContentFormat.B3dm,
            RtcCenter = b3dm.RtcCenter ?? Vector3d.Zero,
            BatchTable = new(Within(range, b3dm.BatchTableJson), Within(range, b3dm.BatchTableBinary), b3dm.BatchLength),
        });
        return outcome.IsOk ? outcome : outcome with { Error = $"its model, at byte {range.Offset + b3dm.Glb.Offset}, {outcome.Error}" };
    }

    private ReadOutcome ReadI3dm(ByteRange range)
    {
        var outcome = I3dmReader.Read(_bytes, range, out var i3dm);
        if (!outcome.IsOk)
            return outcome;
        var shell = new ModelShell
        {
            Format = ContentFormat.I3dm,
            Instances = i3dm,
            BatchTable = new(i3dm!.Tables.BatchTableJson, i3dm.Tables.BatchTableBinary, i3dm.Count),
        };
        if (i3dm.Uri is not null)
            return ReadModelFile(i3dm.Uri, shell);
        outcome = ReadGlb(new(0, i3dm.Glb), shell);
        return outcome.IsOk ? outcome : outcome with { Error = $"its model, at byte {i3dm.Glb.Offset}, {outcome.Error}" };
    }

    private ReadOutcome ReadModelFile(string uri, ModelShell shell)
    {
        shell = shell with { Folder = FolderOf(uri) };
        if (_files.IsAbsent(uri))
            return ReadOutcome.Malformed($"names the file {uri} for its model, which is not there");
        if (_files.Find(uri) is not { } file)
            return ReadOutcome.Ok;
        var bytes = _files.Bytes(file);
        var whole = new ByteRange(0, bytes.Length);
        var outcome = FormatOf(bytes) switch
        {
            ContentFormat.Glb => ReadGlb(new(file, whole), shell),
            ContentFormat.Gltf => ReadGltf(new(file, whole), default, shell),
            _ => ReadOutcome.Malformed("is no glTF"),
        };
        return outcome.IsOk ? outcome : outcome with { Error = $"its model {uri} {outcome.Error}" };
    }

    private ReadOutcome ReadPnts(ByteRange range)
    {
        var outcome = PntsReader.Read(_bytes, range, out var points);
        if (!outcome.IsOk)
            return outcome;
        var table = new BatchTableRanges(points!.Tables.BatchTableJson, points.Tables.BatchTableBinary, points.BatchLength);
        _parts.Add(new PointsPart
        {
            Format = ContentFormat.Pnts,
            Frame = FromTile() * Translation(points.RtcCenter),
            BatchTable = table,
            Points = points,
            Cost = PointsCost(points, table),
        });
        return ReadOutcome.Ok;
    }

    // wwwroot/lodestream/points.js makes the same buffers.
    private static GltfCost PointsCost(Pnts points, BatchTableRanges table)
    {
        long perPoint = points.QuantizedScale is null || points.Draco is not null ? 12 : 6;
        perPoint += points.Color == PointColor.None ? 0 : 4;
        perPoint += !points.HasNormals ? 0 : points.AreNormalsOctahedral ? 4 : 12;
        perPoint += points.BatchIdType == GltfComponentType.None ? 0 : new GltfAccessor(-1, 0, points.BatchIdType, 1, 0, false).ComponentBytes;
        var bytes = perPoint * points.Count + table.Bytes;
        return new(bytes, 0, bytes, points.Count, 0, 0);
    }

    private ReadOutcome ReadGlb(ContentSource glb, ModelShell shell)
    {
        GlbContainer container;
        ReadOutcome outcome;
        var needed = Math.Min(glb.Range.Length, 64);
        while ((outcome = GlbContainer.Read(Look(glb, new(0, needed)), glb.Range.Length, out container)).Status == ReadStatus.NeedMore)
            needed = outcome.NeededBytes;
        return outcome.IsOk ? ReadGltf(glb.Part(container.Json), glb.Part(container.Binary), shell) : outcome;
    }

    private ReadOutcome ReadGltf(ContentSource json, ContentSource binary, ModelShell shell)
    {
        var outcome = GltfReader.Read(Look(json, new(0, json.Range.Length)), out var document);
        if (!outcome.IsOk)
            return outcome;
        if (GltfExtensions.Missing(document) is { } extension)
            return ReadOutcome.NotSupported($"the glTF extension {extension}");
        outcome = FindBuffers(document, binary, shell, out var buffers);
        if (!outcome.IsOk)
            return outcome;
        outcome = FindImages(document, buffers, shell, out var images, out var headers);
        return outcome.IsOk ? AddModel(document, json, buffers, images, headers, shell) : outcome;
    }

    private ReadOutcome AddModel(GltfDocument document, ContentSource json, ContentSource[] buffers, ContentSource[] images, ImageHeader[] headers, ModelShell shell)
    {
        ContentSource? schema = null;
        if (document.Metadata?.SchemaUri is { } uri)
        {
            var reference = Join(shell.Folder, uri);
            if (_files.Find(reference, isOptional: true) is { } file)
                schema = new(file, new(0, _files.Bytes(file).Length));
            else if (!_files.IsAbsent(reference))
                return ReadOutcome.Ok;
        }
        var cost = GltfCost.Of(document, headers, shell.Instances?.Count, _transcoding);
        var kept = shell.BatchTable.Bytes + (schema?.Range.Length ?? 0);
        if (shell.Instances?.BatchIds is { } ids)
            kept += (long)shell.Instances.Count * ids.Ids.Stride;
        var center = shell.RtcCenter + (document.RtcCenter ?? Vector3d.Zero);
        if (!center.IsFinite)
            return ReadOutcome.Malformed("has a centre that is not finite (CESIUM_RTC)");
        _parts.Add(new ModelPart
        {
            Format = shell.Format,
            Frame = shell.Instances is null ? Translation(ContentFrame.FromTile(_upAxis, center)) : FromTile(),
            BatchTable = shell.BatchTable,
            Cost = cost with { GeometryBytes = cost.GeometryBytes + kept, DecodedBytes = cost.DecodedBytes + kept },
            Json = json,
            Document = document,
            Buffers = buffers,
            Images = images,
            ImageHeaders = headers,
            Instances = shell.Instances,
            UpAxis = _upAxis,
            Schema = schema,
        });
        return ReadOutcome.Ok;
    }

    private ReadOutcome FindBuffers(GltfDocument document, ContentSource binary, ModelShell shell, out ContentSource[] buffers)
    {
        buffers = new ContentSource[document.Buffers.Length];
        for (var i = 0; i < buffers.Length; i++)
        {
            var buffer = document.Buffers[i];
            if (buffer.IsPlaceholder)
                continue;
            if (buffer.Uri is null && (i > 0 || binary.Range.Length == 0 && buffer.ByteLength > 0))
                return ReadOutcome.Malformed($"buffers[{i}] names no file, and there is no binary part for it");
            if (buffer.Uri is null)
                buffers[i] = binary;
            else if (FindFile(buffer.Uri, shell, out buffers[i]) is { IsOk: false } refused)
                return refused with { Error = $"buffers[{i}] {refused.Error}" };
            if (!IsMissing(buffer.Uri, shell) && buffers[i].Range.Length < buffer.ByteLength)
                return ReadOutcome.Malformed($"buffers[{i}] names {buffer.ByteLength} bytes, {(buffer.Uri is null ? "the binary part" : "its file")} has {buffers[i].Range.Length}");
        }
        return ReadOutcome.Ok;
    }

    private ReadOutcome FindImages(GltfDocument document, ContentSource[] buffers, ModelShell shell, out ContentSource[] images, out ImageHeader[] headers)
    {
        images = new ContentSource[document.Images.Length];
        headers = new ImageHeader[document.Images.Length];
        for (var i = 0; i < images.Length; i++)
        {
            var image = document.Images[i];
            if (image.Uri is not null)
            {
                if (FindFile(image.Uri, shell, out images[i]) is { IsOk: false } refused)
                    return refused with { Error = $"images[{i}] {refused.Error}" };
                if (IsMissing(image.Uri, shell))
                    continue;
            }
            else
            {
                var view = document.BufferViews[image.BufferView];
                if (view.IsCompressed)
                    return ReadOutcome.NotSupported($"images in compressed buffer views (images[{i}])");
                if (IsMissing(document.Buffers[view.Buffer].Uri, shell))
                    continue;
                images[i] = buffers[view.Buffer].Part(new(view.ByteOffset, view.ByteLength));
            }
            if (ReadHeader(images[i], out headers[i]) is { IsOk: false } broken)
                return broken with { Error = $"images[{i}] {broken.Error}" };
        }
        return ReadOutcome.Ok;
    }

    private ReadOutcome ReadHeader(ContentSource image, out ImageHeader header)
    {
        ReadOutcome outcome;
        var needed = Math.Min(image.Range.Length, 512);
        while ((outcome = ImageHeader.Read(Look(image, new(0, needed)), image.Range.Length, out header)).Status == ReadStatus.NeedMore)
            needed = outcome.NeededBytes;
        return outcome;
    }

    private ReadOutcome FindFile(string uri, ModelShell shell, out ContentSource source)
    {
        source = default;
        if (DataUri.IsOne(uri))
        {
            if (DataUri.Decode(uri) is not { } data)
                return ReadOutcome.Malformed("has a data URI that cannot be decoded");
            source = new(-1, new(0, data.Length), data);
        }
        else if (uri.Length > MessageText.LongestUri)
            return ReadOutcome.Malformed($"names its file by a URI of {uri.Length} characters; {MessageText.LongestUri} at most are read");
        else if (Join(shell.Folder, uri) is var reference && _files.IsAbsent(reference))
            return ReadOutcome.Malformed($"names the file {reference}, which is not there");
        else if (_files.Find(reference) is { } file)
            source = new(file, new(0, _files.Bytes(file).Length));
        return ReadOutcome.Ok;
    }

    private bool IsMissing(string? uri, ModelShell shell) => uri is not null && !DataUri.IsOne(uri) && _files.Find(Join(shell.Folder, uri)) is null;

    private ReadOnlySpan<byte> Look(ContentSource source, ByteRange part)
    {
        var range = part with { Offset = source.Range.Offset + part.Offset };
        return source.Inline is { } data ? range.Of(data) : source.File == 0 ? _bytes.Read(range) : _files.Bytes(source.File).Read(range);
    }

    private Transform3d FromTile() => new(
        ContentFrame.FromTile(_upAxis, Vector3d.UnitX), ContentFrame.FromTile(_upAxis, Vector3d.UnitY), ContentFrame.FromTile(_upAxis, Vector3d.UnitZ), Vector3d.Zero);

    private static Transform3d Translation(Vector3d by) => Transform3d.Identity with { Translation = by };

    private static ByteRange Within(ByteRange outer, ByteRange inner) => inner with { Offset = outer.Offset + inner.Offset };

    private static string FolderOf(string uri)
    {
        var end = uri.AsSpan().IndexOfAny('?', '#');
        return uri[..(uri.AsSpan(0, end < 0 ? uri.Length : end).LastIndexOf('/') + 1)];
    }

    // What a model in a file of its own names is relative to that file. Absolute references stay as they are.
    private static string Join(string folder, string uri) => folder.Length == 0 || uri.StartsWith('/') || Uri.TryCreate(uri, UriKind.Absolute, out _) ? uri : folder + uri;

    // The first bytes, as text where they are some.
    private static string Start(ReadOnlySpan<byte> bytes)
    {
        var start = bytes[..Math.Min(8, bytes.Length)];
        return start.ContainsAnyExceptInRange((byte)0x20, (byte)0x7e) ? $"bytes {Convert.ToHexString(start)}" : $"\"{System.Text.Encoding.ASCII.GetString(start)}\"";
    }

    // What is known of a model before its glTF is read.
    private readonly record struct ModelShell()
    {
        public ContentFormat Format { get; init; } = ContentFormat.Glb;

        public Vector3d RtcCenter { get; init; }

        public BatchTableRanges BatchTable { get; init; }

        public I3dm? Instances { get; init; }

        public string Folder { get; init; } = "";
    }
}
