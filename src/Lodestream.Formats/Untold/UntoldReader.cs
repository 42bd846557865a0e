using System.Buffers.Binary;
using Lodestream.Geometry;

namespace Lodestream.Formats.Untold;

/// <summary>
/// Reads what a payload of a manifest scene (<c>.untold</c>, versions 1 to 4) says of its vertices and indices, which it leaves where they
/// are. Strict: what is out of range, outside its chunk or of another size than it says is an error that names the byte.
/// </summary>
public sealed partial class UntoldReader
{
    /// <summary>The newest version that is read.</summary>
    public const int NewestVersion = 4;

    internal const int HeaderBytes = 204, ChunkBytes = 40, EntityBytes = 136, MeshBytes = 104, MaterialBytes = 88, TextureBytes = 32;

    // A table's chunk, decompressed: far more than a tile has, and what a device can hold beside it.
    private const int LargestTable = 64 << 20;

    private const int MostChunks = 4096;

    private readonly ContentBytes _bytes;
    private readonly ByteRange _whole;
    private readonly Dictionary<UntoldChunkType, UntoldEntry> _chunks = [];
    private string? _error;
    private bool _unsupported;

    private UntoldReader(ContentBytes bytes, ByteRange whole) => (_bytes, _whole) = (bytes, whole);

    internal static ReadOnlySpan<byte> Magic => "UNTOLD\0\0"u8;

    /// <summary>Reads a payload.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="range">Where the payload is in it.</param>
    /// <param name="document">What it says; null where something is wrong.</param>
    public static ReadOutcome Read(ContentBytes bytes, ByteRange range, out UntoldDocument? document)
    {
        ArgumentNullException.ThrowIfNull(bytes);
        var reader = new UntoldReader(bytes, range);
        document = reader.Read();
        return document is not null ? ReadOutcome.Ok : reader._unsupported ? ReadOutcome.NotSupported(reader._error!) : ReadOutcome.Malformed(reader._error!);
    }

    internal static Transform3d TransformAt(ReadOnlySpan<byte> bytes)
    {
        Span<double> matrix = stackalloc double[16];
        for (var i = 0; i < matrix.Length; i++)
            matrix[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes[(i * 4)..]);
        return Transform3d.FromColumnMajor(matrix);
    }

    private UntoldDocument? Read()
    {
        if (ReadHeader() is not { } header || !ReadChunkTable(header) || !HasRequiredChunks(header))
            return null;
        var strings = ReadStrings();
        var textures = ReadTextures(header, strings);
        var materials = ReadMaterials(header, strings, textures.Length);
        var meshes = ReadMeshes(header, strings, materials.Length, out var owners);
        var entities = ReadEntities(header, strings, meshes.Length, owners);
        return _error is not null ? null : new()
        {
            Version = header.Version,
            FileType = header.FileType,
            WorldBounds = header.Bounds,
            RootTransform = header.Root,
            ContentHash = header.Hash,
            HeaderBytes = header.Bytes,
            Entities = entities,
            Meshes = meshes,
            Materials = materials,
            Textures = textures,
            Vertices = ChunkOf(UntoldChunkType.Vertices),
            Indices = ChunkOf(UntoldChunkType.Indices),
        };
    }

    private sealed record Header(
        int Version, UntoldFileType FileType, int Bytes, int Chunks, uint Meshes, uint Materials, uint Textures, uint Entities, UntoldBounds Bounds, Transform3d Root, byte[] Hash);

    // The first error is the one that is told.
    private bool Fail(string error)
    {
        _error ??= error;
        return false;
    }

    private Header? ReadHeader()
    {
        var start = _bytes.Read(_whole with { Length = Math.Min(_whole.Length, HeaderBytes) });
        if (!start.StartsWith(Magic))
        {
            Fail($"does not begin with UNTOLD (byte {_whole.Offset})");
            return null;
        }
        if (start.Length < HeaderBytes)
        {
            Fail($"ends within its header: {HeaderBytes} bytes are needed, {start.Length} are there");
            return null;
        }
        uint version = Word(start, 8), type = Word(start, 12), size = Word(start, 20), chunks = Word(start, 24), layout = Word(start, 44);
        if (version is 0 or > NewestVersion)
        {
            (_error, _unsupported) = ($".untold version {version}; 1 to {NewestVersion} are read (byte {_whole.Offset + 8})", true);
            return null;
        }
        if (type == (uint)UntoldFileType.Animation)
        {
            (_error, _unsupported) = ($".untold animations, which hold nothing to draw (byte {_whole.Offset + 12})", true);
            return null;
        }
        var root = TransformAt(start[76..]);
        var (least, greatest) = (VectorAt(start[52..]), VectorAt(start[64..]));
        var sound = (type is >= 1 and <= 4 || Fail($"is of file type {type}, which is not known (byte {_whole.Offset + 12})"))
            && ((size >= HeaderBytes && size <= _whole.Length) || Fail($"has a header of {size} bytes, which is not between {HeaderBytes} and the file's {_whole.Length} (byte {_whole.Offset + 20})"))
            && ((chunks <= MostChunks && size + chunks * (long)ChunkBytes <= _whole.Length) || Fail($"has {chunks} chunks, whose table does not fit into the file (byte {_whole.Offset + 24})"))
            && (layout == 1 || Fail($"has vertices of layout {layout}; 1 is read (byte {_whole.Offset + 44})"))
            && (IsFinite(root) || Fail($"has a root transform that is not finite (byte {_whole.Offset + 76})"));
        var hash = start.Slice(140, 32);
        return !sound ? null : new(
            (int)version, (UntoldFileType)type, (int)size, (int)chunks, Word(start, 28), Word(start, 32), Word(start, 36), Word(start, 40), new(least, greatest), root,
            hash.ContainsAnyExcept((byte)0) ? hash.ToArray() : []);
    }

    private bool ReadChunkTable(Header header)
    {
        var table = new ByteRange(_whole.Offset + header.Bytes, header.Chunks * ChunkBytes);
        var bytes = _bytes.Read(table).ToArray();
        for (var i = 0; i < header.Chunks; i++)
        {
            var at = i * ChunkBytes;
            var type = Word(bytes, at);
            if (type is >= (uint)UntoldChunkType.Strings and <= (uint)UntoldChunkType.Indices && !ReadChunk(bytes.AsSpan(at, ChunkBytes), table.Offset + at, table.End - _whole.Offset))
                return false;
        }
        return true;
    }

    private bool ReadChunk(ReadOnlySpan<byte> entry, int place, int behindTable)
    {
        var type = (UntoldChunkType)Word(entry, 0);
        var (compression, count) = (Word(entry, 4), Word(entry, 32));
        ulong offset = Long(entry, 8), stored = Long(entry, 16), decoded = Long(entry, 24);
        if (compression == 2)
        {
            (_error, _unsupported) = ($".untold chunks compressed with zstd (the {NameOf(type)}, byte {place + 4})", true);
            return false;
        }
        if (compression > 1)
            return Fail($"has {NameOf(type)} of compression {compression}, which is not known (byte {place + 4})");
        if (offset % 16 != 0)
            return Fail($"has {NameOf(type)} at byte {offset}, which is not a multiple of 16 (byte {place + 8})");
        if (offset < (ulong)behindTable || offset > (ulong)_whole.Length || stored > (ulong)_whole.Length - offset)
            return Fail($"has {NameOf(type)} of {stored} bytes at byte {offset}, which reach out of the file's {_whole.Length} (byte {place + 8})");
        if (compression == 0 ? stored != decoded : decoded > (ulong)Lz4Block.LargestDecoded((long)stored))
            return Fail($"has {NameOf(type)} of {stored} bytes that are to be {decoded} decompressed, which cannot be (byte {place + 24})");
        if (decoded > int.MaxValue / 2)
            return Fail($"has {NameOf(type)} of {decoded} bytes; {int.MaxValue / 2} at most are read (byte {place + 24})");
        var chunk = new UntoldChunk(new(_whole.Offset + (int)offset, (int)stored), (UntoldCompression)compression, (int)decoded);
        return _chunks.TryAdd(type, new(type, chunk, count <= int.MaxValue ? (int)count : -1)) || Fail($"has {NameOf(type)} twice (byte {place})");
    }

    private bool HasRequiredChunks(Header header)
    {
        Span<UntoldChunkType> required = [UntoldChunkType.Strings, UntoldChunkType.Entities, UntoldChunkType.Meshes, UntoldChunkType.Vertices, UntoldChunkType.Indices];
        foreach (var type in required)
        {
            if (!_chunks.ContainsKey(type))
                return Fail($"has no {NameOf(type)}");
        }
        return (header.Materials == 0 || _chunks.ContainsKey(UntoldChunkType.Materials) || Fail($"has no {NameOf(UntoldChunkType.Materials)}, though its header counts {header.Materials} (byte {_whole.Offset + 32})"))
            && (header.Textures == 0 || _chunks.ContainsKey(UntoldChunkType.Textures) || Fail($"has no {NameOf(UntoldChunkType.Textures)}, though its header counts {header.Textures} (byte {_whole.Offset + 36})"));
    }

    private UntoldChunk ChunkOf(UntoldChunkType type) => _chunks[type].Chunk;

    private UntoldStrings ReadStrings() => new(Table(_chunks[UntoldChunkType.Strings]));

    private UntoldRecords Records(UntoldChunkType type, uint counted, int leastBytes)
    {
        if (_error is not null || !_chunks.TryGetValue(type, out var entry))
            return default;
        var size = entry.Count <= 0 ? 0 : entry.Chunk.DecodedBytes / entry.Count;
        var fits = entry.Count >= 0 && (entry.Count == 0 ? entry.Chunk.DecodedBytes == 0 : size >= leastBytes && (long)size * entry.Count == entry.Chunk.DecodedBytes);
        if (!fits)
            Fail($"has {entry.Chunk.DecodedBytes} bytes of {NameOf(type)} for {(uint)entry.Count} records of {leastBytes} bytes or more (chunk at byte {entry.Chunk.Range.Offset})");
        else if (entry.Count != counted)
            Fail($"has {entry.Count} {NameOf(type)}, its header counts {counted} (chunk at byte {entry.Chunk.Range.Offset})");
        return _error is null ? new(Table(entry), entry) : default;
    }

    private ReadOnlyMemory<byte> Table(in UntoldEntry entry)
    {
        if (_error is not null)
            return default;
        if (entry.Chunk.DecodedBytes > LargestTable)
        {
            Fail($"has {NameOf(entry.Type)} of {entry.Chunk.DecodedBytes} bytes; {LargestTable} at most are read (chunk at byte {entry.Chunk.Range.Offset})");
            return default;
        }
        if (Decode(_bytes.Read(entry.Chunk.Range), entry.Chunk, out var decoded) is { } error)
            Fail($"has {NameOf(entry.Type)} that {error}");
        return decoded;
    }

    /// <summary>A chunk's bytes as they were before compression.</summary>
    /// <returns>What is wrong with it; null where nothing is.</returns>
    internal static string? Decode(ReadOnlySpan<byte> stored, in UntoldChunk chunk, out byte[] decoded)
    {
        decoded = chunk.Compression == UntoldCompression.None ? stored.ToArray() : new byte[chunk.DecodedBytes];
        return chunk.Compression == UntoldCompression.Lz4 && Lz4Block.Decode(stored, decoded) is { } error
            ? $"cannot be decompressed: the block {error}, which is at byte {chunk.Range.Offset}"
            : null;
    }

    private static string NameOf(UntoldChunkType type) => type switch
    {
        UntoldChunkType.Strings => "strings",
        UntoldChunkType.Entities => "entities",
        UntoldChunkType.Meshes => "meshes",
        UntoldChunkType.Materials => "materials",
        UntoldChunkType.Textures => "textures",
        UntoldChunkType.Vertices => "vertices",
        _ => "indices",
    };

    private static bool IsFinite(in Transform3d transform) => transform.X.IsFinite && transform.Y.IsFinite && transform.Z.IsFinite && transform.Translation.IsFinite;

    private static uint Word(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    private static ulong Long(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]);

    private static Vector3d VectorAt(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadSingleLittleEndian(bytes), BinaryPrimitives.ReadSingleLittleEndian(bytes[4..]), BinaryPrimitives.ReadSingleLittleEndian(bytes[8..]));
}
