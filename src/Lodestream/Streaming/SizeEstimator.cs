using Lodestream.Residency;
using Lodestream.Scene;

namespace Lodestream.Streaming;

/// <summary>
/// What contents are expected to need, learned from those that came: running means by (level, format), else of the nearest level, else of the scene. A
/// compressed content grows about tenfold on the GPU, so the file's length alone is not the answer.
/// </summary>
internal sealed class SizeEstimator(TileTree tree)
{
    /// <summary>Length that is assumed before anything came, bytes: a typical tile's file.</summary>
    public const double FirstLength = 64 * 1024;

    // How much it is assumed to grow.
    private const double FirstGrowth = 3;

    private const int Levels = 32, Formats = 8;

    private readonly Mean[] _means = new Mean[Levels * Formats];
    private readonly Dictionary<ulong, long> _remembered = [];
    private readonly MeasuredSizes _measured = new();
    private Mean _scene;

    private struct Mean
    {
        public double Count, Length, Geometry, Texture;

        public void Add(double length, double geometry, double texture)
        {
            // A running mean that goes on learning: the newest counts a thirty-second at least.
            Count = Math.Min(Count + 1, 32);
            Length += (length - Length) / Count;
            Geometry += (geometry - Geometry) / Count;
            Texture += (texture - Texture) / Count;
        }
    }

    /// <summary>The largest content measured so far, bytes; an assumption until one was.</summary>
    public long Largest { get; private set; } = (long)(FirstLength * (1 + FirstGrowth));

    /// <summary>The largest geometry and the largest textures measured so far, bytes; 0 until one was.</summary>
    public MemoryCharge LargestOfEach { get; private set; }

    /// <summary>The longest content that was announced or came, topology included, bytes.</summary>
    public long Longest { get; private set; }

    /// <summary>Contents measured so far, topology aside.</summary>
    public long Measured { get; private set; }

    /// <summary>Length of a content of this scene, bytes, on the mean.</summary>
    public double MeanLength => _scene.Count > 0 ? _scene.Length : FirstLength;

    /// <summary>Whether a content's length is a fact and no expectation.</summary>
    public bool KnowsLength(int content)
    {
        var key = tree.Contents.Key(content);
        return tree.Contents.Records[content].ByteLength > 0 || _remembered.ContainsKey(key) || _measured.TryGet(key, out _);
    }

    /// <summary>Whether a content's needs are known exactly: it was here, or gave way.</summary>
    public bool IsMeasured(int content) => _measured.TryGet(tree.Contents.Key(content), out _);

    /// <summary>What a content is expected to need.</summary>
    /// <param name="content">The content.</param>
    /// <param name="knownLength">Its length in bytes, 0 when unknown.</param>
    public MemoryCharge Expected(int content, long knownLength)
    {
        if (_measured.TryGet(tree.Contents.Key(content), out var measured))
            return measured;
        ref readonly var record = ref tree.Contents.Records[content];
        if (_remembered.Count > 0 && _remembered.TryGetValue(tree.Contents.Key(content), out var remembered))
            knownLength = Math.Max(knownLength, remembered);
        ref readonly var mean = ref NearestMean(record);
        if (mean.Count == 0)
        {
            var first = knownLength > 0 ? knownLength : FirstLength;
            return record.Format == ContentFormat.Tileset ? new((long)first, 0, 0) : new((long)first, (long)(first * FirstGrowth), 0);
        }
        var length = knownLength > 0 ? knownLength : mean.Length;
        var growth = mean.Length > 0 ? length / mean.Length : 1;
        return new((long)length, (long)(mean.Geometry * growth), (long)(mean.Texture * growth));
    }

    /// <summary>What a content that had to go was measured to need; nothing where that is not known.</summary>
    public MemoryCharge Measurement(int content) => _measured.TryGet(tree.Contents.Key(content), out var measured) ? measured : default;

    /// <summary>A content was announced to be, or is, so many bytes long.</summary>
    public void LearnLength(long length) => Longest = Math.Max(Longest, length);

    /// <summary>A content gave way because so many bytes of it did not fit: it is at least that long.</summary>
    public void Remember(int content, long length) => _remembered[tree.Contents.Key(content)] = length;

    /// <summary>Keeps a content's exact needs: it had to go, and must fit before it is fetched again.</summary>
    public void Remember(int content, MemoryCharge measured) => _measured.Keep(tree.Contents.Key(content), measured);

    /// <summary>A content's source has changed: what was remembered of its needs holds no more.</summary>
    public void Forget(int content)
    {
        _remembered.Remove(tree.Contents.Key(content));
        _measured.Forget(tree.Contents.Key(content));
    }

    /// <summary>A content was measured.</summary>
    public void Learn(int content, long length, MemoryCharge measured)
    {
        ref readonly var record = ref tree.Contents.Records[content];
        _means[Slot(record)].Add(length, measured.Geometry, measured.Texture);
        if (record.Format == ContentFormat.Tileset)
            return;
        Measured++;
        Largest = Measured > 1 ? Math.Max(Largest, measured.Total) : measured.Total;
        LargestOfEach = new(0, Math.Max(LargestOfEach.Geometry, measured.Geometry), Math.Max(LargestOfEach.Texture, measured.Texture));
        _scene.Add(length, measured.Geometry, measured.Texture);
    }

    /// <summary>A mesh was measured that was not fetched: it says nothing of what is.</summary>
    public void LearnMesh(MemoryCharge measured)
    {
        Measured++;
        Largest = Math.Max(Largest, measured.Total);
    }

    // The mean of the level and format; where nothing of that was measured, of the nearest level; else of the scene.
    private ref Mean NearestMean(in ContentRecord record)
    {
        var slot = Slot(record);
        if (_means[slot].Count > 0)
            return ref _means[slot];
        for (var away = Formats; away < Levels * Formats; away += Formats)
        {
            if (slot + away < _means.Length && _means[slot + away].Count > 0)
                return ref _means[slot + away];
            if (slot - away >= 0 && _means[slot - away].Count > 0)
                return ref _means[slot - away];
        }
        return ref _scene;
    }

    private int Slot(in ContentRecord record) => Math.Clamp((int)tree.Links[record.Tile].Level, 0, Levels - 1) * Formats + (int)record.Format % Formats;
}
