using Lodestream.Formats.Gltf;
using Lodestream.Scene;

namespace Lodestream.Formats.Inspection;

/// <summary>Adds up what an inspection comes by.</summary>
internal sealed class SceneTally(int maximumProblemsPerKind)
{
    private readonly Lock _gate = new();
    private readonly List<Level> _levels = [];
    private readonly Dictionary<string, NamedContent> _contents = [];
    private readonly SortedDictionary<(ProblemSeverity, ProblemKind), List<SceneProblem>> _problems = [];
    private readonly Dictionary<string, (int Contents, long Bytes)> _formats = [], _families = [];
    private GltfCost _cost;
    private long _documentBytes, _contentBytes;
    private int _problemCount, _errorCount, _unmeasured, _replace, _add;

    private sealed class Level
    {
        public int Tiles, Contents;
        public long Bytes;
        public double Min = double.PositiveInfinity, Max;
    }

    private readonly SortedDictionary<(string Schema, string Class), MetadataFigures> _metadata = [];

    public int Documents { get; private set; }

    public int Subtrees { get; set; }

    public int Groups { get; set; }

    public ManifestFigures? Manifest { get; set; }

    public void AddSchema(Metadata.MetadataSchema schema)
    {
        foreach (var (id, @class) in schema.Classes)
        {
            _metadata.TryAdd((schema.Id, id), new(schema.Id, id, [.. @class.Properties.Select(p =>
                $"{p.Id}: {p.Type}{(p.ComponentType == Metadata.MetadataComponentType.None ? "" : $" {p.ComponentType}")}{(p.IsArray ? p.Count > 0 ? $"[{p.Count}]" : "[]" : "")}")]));
        }
    }

    /// <summary>The different contents named so far.</summary>
    public IReadOnlyCollection<NamedContent> Contents => _contents.Values;

    public void AddDocument(long bytes)
    {
        Documents++;
        _documentBytes += bytes;
    }

    public void AddTile(int number, double error, Refinement refinement)
    {
        while (_levels.Count <= number)
            _levels.Add(new());
        var level = _levels[number];
        level.Tiles++;
        level.Min = Math.Min(level.Min, error);
        level.Max = Math.Max(level.Max, error);
        if (refinement == Refinement.Add)
            _add++;
        else
            _replace++;
    }

    public void AddContent(NamedContent content)
    {
        if (!_contents.TryAdd(content.Uri, content))
            return;
        _levels[content.Level].Contents++;
    }

    /// <summary>Safe to call from several threads.</summary>
    public void AddContentFacts(NamedContent content, in ContentFacts facts)
    {
        lock (_gate)
        {
            foreach (var problem in facts.Problems)
                Add(problem.Severity, problem.Kind, problem.Place, problem.Message);
            var bytes = facts.Bytes ?? 0;
            _contentBytes += bytes;
            _levels[content.Level].Bytes += bytes;
            Count(_formats, (facts.Format == ContentFormat.Unknown ? content.Format : facts.Format).ToString(), bytes);
            Count(_families, content.Family.ToString(), bytes);
            if (facts.Cost is not { } cost)
            {
                _unmeasured++;
                return;
            }
            _cost = new(_cost.GeometryBytes + cost.GeometryBytes, _cost.TextureBytes + cost.TextureBytes, 0, _cost.Vertices + cost.Vertices, _cost.Triangles + cost.Triangles, 0);
        }
    }

    public void Add(ProblemSeverity severity, ProblemKind kind, string place, string message)
    {
        _problemCount++;
        if (severity == ProblemSeverity.Error)
            _errorCount++;
        if (!_problems.TryGetValue((severity, kind), out var list))
            _problems[(severity, kind)] = list = [];
        if (list.Count < maximumProblemsPerKind)
            list.Add(new(severity, kind, place, message));
    }

    public SceneReport Report(string scene, bool contentsRead)
    {
        if (!contentsRead)
        {
            foreach (var content in _contents.Values)
            {
                Count(_formats, content.Format.ToString(), 0);
                Count(_families, content.Family.ToString(), 0);
            }
        }
        return new()
        {
            Scene = scene,
            Documents = Documents,
            DocumentBytes = _documentBytes,
            Tiles = _levels.Sum(l => l.Tiles),
            ReplaceTiles = _replace,
            AddTiles = _add,
            Contents = _contents.Count,
            ContentBytes = _contentBytes,
            Levels = [.. _levels.Select((l, i) => new LevelFigures(i, l.Tiles, l.Contents, l.Bytes, l.Tiles == 0 ? 0 : l.Min, l.Max))],
            Formats = Figures(_formats),
            Families = Figures(_families),
            Subtrees = Subtrees,
            Groups = Groups,
            Metadata = [.. _metadata.Values],
            Manifest = Manifest,
            Gpu = contentsRead ? new(_cost.GeometryBytes, _cost.TextureBytes, _cost.Vertices, _cost.Triangles, _unmeasured) : null,

            // Contents are looked into side by side: the order in which problems come is not the report's.
            Problems = [.. _problems.Reverse().SelectMany(kind => kind.Value.OrderBy(p => p.Place, StringComparer.Ordinal).ThenBy(p => p.Message, StringComparer.Ordinal))],
            ProblemCount = _problemCount,
            ErrorCount = _errorCount,
        };
    }

    private static void Count(Dictionary<string, (int Contents, long Bytes)> into, string name, long bytes)
    {
        var (contents, all) = into.GetValueOrDefault(name);
        into[name] = (contents + 1, all + bytes);
    }

    private static ContentFigures[] Figures(Dictionary<string, (int Contents, long Bytes)> counted) =>
        [.. counted.OrderByDescending(f => f.Value.Bytes).ThenBy(f => f.Key, StringComparer.Ordinal).Select(f => new ContentFigures(f.Key, f.Value.Contents, f.Value.Bytes))];
}
