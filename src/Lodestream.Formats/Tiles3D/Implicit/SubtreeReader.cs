using Lodestream.Formats.Metadata;
using Lodestream.Scene;
using Lodestream.Streaming;

namespace Lodestream.Formats.Tiles3D.Implicit;

/// <summary>
/// A subtree to a <see cref="TileBlock"/>, in steps: reads its JSON, names the files its buffers are in, then adds the tiles that are
/// there, level by level. Tiles of the last level get a child for each subtree below them, which is one to expand.
/// </summary>
internal sealed class SubtreeReader
{
    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly string _uri;
    private readonly ImplicitTiling _tiling;
    private readonly TilePlace _root;
    private readonly List<TilesetWarning> _warnings = [];
    private readonly SubtreeFacts _facts;
    private SubtreeDocument? _document;
    private SubtreeBuffers? _buffers;
    private SubtreeTiles? _tiles;
    private IReadOnlyList<PropertyTable> _tables = [];
    private Stage _stage;
    private int _warningCount;

    private enum Stage : byte
    {
        Json,
        Tables,
        Files,
        Availability,
        Tiles,
        Done,
    }

    public SubtreeReader(ReadOnlyMemory<byte> bytes, string uri, SubtreeReference reference)
    {
        (_bytes, _uri, _tiling, _root) = (bytes, uri, reference.Tiling, reference.Root);
        _facts = new(_tiling, _root);
    }

    /// <summary>Files to be supplied before it goes on.</summary>
    public IReadOnlyList<ContentDependency> Needs { get; private set; } = [];

    public TilesetResult? Result { get; private set; }

    /// <summary>Goes on; true when the outcome is there or files are needed.</summary>
    public bool Step(int budget)
    {
        switch (_stage)
        {
            case Stage.Json:
                ReadJson();
                return Result is not null;
            case Stage.Tables:
                FindFiles();
                return Needs.Count > 0;
            case Stage.Files:
                return true;
            case Stage.Availability:
                Begin();
                return Result is not null;
            case Stage.Tiles:
                if (_tiles!.Step(budget))
                    Finish(_tiles.Build(), null);
                return Result is not null;
            default:
                return true;
        }
    }

    public void Supply(IReadOnlyList<DependencyFile> files)
    {
        Needs = [];
        if (_buffers!.Supply(files, _uri) is { } error)
        {
            Finish(null, error);
            return;
        }
        _stage = Stage.Availability;
    }

    private void ReadJson()
    {
        if (SubtreeDocument.Read(_bytes, out var document) is { } error)
        {
            Finish(null, $"{_uri}: {error}");
            return;
        }
        _document = document;
        _buffers = SubtreeBuffers.Make(document.Buffers, document.Views, document.Binary, out error);
        if (error is not null)
        {
            Finish(null, $"{_uri}: {error}");
            return;
        }
        _stage = Stage.Tables;
    }

    private void FindFiles()
    {
        _tables = ReadTables();
        Needs = FilesOf(_document!, _tables);
        _stage = Needs.Count > 0 ? Stage.Files : Stage.Availability;
    }

    private IReadOnlyList<PropertyTable> ReadTables()
    {
        if (_document!.TablesJson.IsEmpty)
            return [];
        if (_tiling.Facts.Schema is not { } schema)
        {
            Warn(_tiling.Facts.SchemaError is { } why ? $"its metadata cannot be read: {why}" : "has property tables, but the tileset has no schema");
            return [];
        }
        var outcome = PropertyTableReader.Read(_document.TablesJson, schema, out var tables);
        if (outcome.IsOk)
            return tables;
        Warn($"its metadata cannot be read: {outcome.Error}");
        return [];
    }

    // Without availability there are no tiles; without metadata there are.
    private List<ContentDependency> FilesOf(SubtreeDocument document, IReadOnlyList<PropertyTable> tables)
    {
        var needed = new Dictionary<string, bool>(StringComparer.Ordinal);
        Need(document.Tiles.View, optional: false);
        Need(document.ChildSubtrees.View, optional: false);
        foreach (var content in document.Contents)
            Need(content.View, optional: false);
        foreach (var column in tables.SelectMany(table => table.Columns))
        {
            Need(column.ValuesView, optional: true);
            Need(column.ArrayOffsetsView, optional: true);
            Need(column.StringOffsetsView, optional: true);
        }
        return [.. needed.Select(file => new ContentDependency(file.Key, file.Value))];

        void Need(int view, bool optional)
        {
            if (_buffers!.FileOf(view, _uri) is { } uri)
                needed[uri] = needed.TryGetValue(uri, out var already) ? already && optional : optional;
        }
    }

    private void Begin()
    {
        var available = new SubtreeAvailability(_tiling, _document!, _buffers!);
        if (available.Error is { } error)
        {
            Finish(null, $"{_uri}: {error}");
            return;
        }
        foreach (var warning in available.Warnings)
            Warn(warning);
        if (!available.Tiles[0])
        {
            Finish(null, $"{_uri}: its root, {_root}, is not available, though it is named");
            return;
        }
        KeepMetadata(available, _tables);
        _tables = [];
        _tiles = new(_tiling, _root, available, _facts, Warn);
        _stage = Stage.Tiles;
    }

    private void KeepMetadata(SubtreeAvailability available, IReadOnlyList<PropertyTable> tables)
    {
        _facts.Tiles = TableOf(_document!.TileTable, available.Tiles, "tileMetadata");
        if (_document.ContentTables.Count > 0)
        {
            _facts.ContentAvailability = available.Contents;
            _facts.Contents = new SubtreeTable?[available.Contents.Length];
            for (var c = 0; c < Math.Min(_facts.Contents.Length, _document.ContentTables.Count); c++)
                _facts.Contents[c] = TableOf(_document.ContentTables[c], available.Contents[c], $"contentMetadata[{c}]");
        }
        if (_document.MetadataJson.IsEmpty || _tiling.Facts.Schema is not { } schema)
            return;
        if (MetadataEntity.Read(_document.MetadataJson, schema, out var entity) is { IsOk: false } outcome)
            Warn($"subtreeMetadata: {outcome.Error}");
        _facts.Entity = entity;

        SubtreeTable? TableOf(int index, in Availability rows, string place)
        {
            if (index < 0 || tables.Count == 0)
                return null;
            if (index >= tables.Count)
            {
                Warn($"{place} is property table {index}; there are {tables.Count}");
                return null;
            }
            if (tables[index].Count != rows.Total)
                Warn($"{place}: property table {index} has {tables[index].Count} rows for {rows.Total} that are available");
            return new(tables[index], rows, _buffers!);
        }
    }

    private void Warn(string message)
    {
        _warningCount++;
        if (_warnings.Count < TilesetReader.MaximumWarnings)
            _warnings.Add(new("subtree", MessageText.Line(message)!));
    }

    private void Finish(TileBlock? block, string? error)
    {
        _stage = Stage.Done;
        Result = new(block, error, isUnsupported: false, _warnings, _warningCount, _tiling.ErrorOf(_root.Level));
    }
}
