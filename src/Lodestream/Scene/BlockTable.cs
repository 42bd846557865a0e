namespace Lodestream.Scene;

/// <summary>The documents whose topology is in the tree: their base URIs, their contents' URI bytes, their ranges and who holds whom.</summary>
internal sealed class BlockTable
{
    private readonly List<Block> _blocks = [];
    private readonly Stack<int> _free = [];
    private int _lastGeneration;

    private sealed class Block
    {
        public string BaseUri = "";
        public byte[] Uris = [];
        public int[] Notes = [];
        public object? Document;
        public string? Folder;
        public int Parent, Generation, FirstTile, TileCount, FirstSlot, SlotCount, ErrorInversions;
        public (int First, int Count) Orientations, Transforms;
        public bool Alive;
        public UpAxis UpAxis;
    }

    public long Bytes { get; private set; }

    public int Add(string baseUri, byte[] uris, int parentBlock, UpAxis upAxis)
    {
        if (!_free.TryPop(out var number))
        {
            number = _blocks.Count;
            _blocks.Add(new());
        }
        var block = _blocks[number];
        (block.BaseUri, block.Uris, block.Parent, block.Alive, block.UpAxis) = (baseUri, uris, parentBlock, true, upAxis);
        block.Folder = null;
        block.ErrorInversions = 0;
        block.Generation = ++_lastGeneration;
        Bytes += uris.Length + 128 + baseUri.Length * sizeof(char);
        return number;
    }

    public void SetRange(int number, int firstTile, int tileCount, int firstSlot, int slotCount)
    {
        var block = _blocks[number];
        (block.FirstTile, block.TileCount, block.FirstSlot, block.SlotCount) = (firstTile, tileCount, firstSlot, slotCount);
    }

    public void SetTables(int number, int firstOrientation, int orientations, int firstTransform, int transforms) =>
        (_blocks[number].Orientations, _blocks[number].Transforms) = ((firstOrientation, orientations), (firstTransform, transforms));

    public ref int ErrorInversions(int number) => ref _blocks[number].ErrorInversions;

    public void SetDocument(int number, object? document, int[] notes)
    {
        (_blocks[number].Document, _blocks[number].Notes) = (document, notes);
        Bytes += (long)notes.Length * sizeof(int);
    }

    public object? Document(int number) => _blocks[number].Document;

    public int[] Notes(int number) => _blocks[number].Notes;

    public int Note(int number, int tile) => _blocks[number].Notes is { Length: > 0 } notes ? notes[tile] : 0;

    public void Remove(int number)
    {
        var block = _blocks[number];
        Bytes -= block.Uris.Length + 128 + block.BaseUri.Length * sizeof(char) + (long)block.Notes.Length * sizeof(int);
        (block.Uris, block.Notes, block.Document, block.Alive) = ([], [], null, false);
        block.Generation = ++_lastGeneration;
        _free.Push(number);
    }

    /// <summary>Never used twice, by whatever block: a tile's index may be handed to another block's tile.</summary>
    public int Generation(int number) => _blocks[number].Generation;

    public int Parent(int number) => _blocks[number].Parent;

    public UpAxis UpAxis(int number) => _blocks[number].UpAxis;

    public string BaseUri(int number) => _blocks[number].BaseUri;

    /// <summary>What plain references of the document are put behind: resolved once, on the first question.</summary>
    public string Folder(int number) => _blocks[number].Folder ??= SceneUri.FolderOf(_blocks[number].BaseUri);

    public ReadOnlySpan<byte> Uri(int number, int offset, int length) => _blocks[number].Uris.AsSpan(offset, length);

    public (int First, int Count) TileRange(int number) => (_blocks[number].FirstTile, _blocks[number].TileCount);

    public (int First, int Count) SlotRange(int number) => (_blocks[number].FirstSlot, _blocks[number].SlotCount);

    public ((int First, int Count) Orientations, (int First, int Count) Transforms) Tables(int number) =>
        (_blocks[number].Orientations, _blocks[number].Transforms);

    /// <summary>The blocks that hang below another one, in the order in which they came.</summary>
    public List<int> Appended()
    {
        var found = new List<int>();
        for (var b = 0; b < _blocks.Count; b++)
        {
            if (_blocks[b].Alive && _blocks[b].Parent >= 0)
                found.Add(b);
        }
        found.Sort((a, b) => _blocks[a].Generation.CompareTo(_blocks[b].Generation));
        return found;
    }

    /// <summary>A block and all blocks appended somewhere below it, innermost last.</summary>
    public List<int> DescendantsOf(int number)
    {
        var found = new List<int> { number };
        for (var i = 0; i < found.Count; i++)
        {
            for (var b = 0; b < _blocks.Count; b++)
            {
                if (_blocks[b].Alive && _blocks[b].Parent == found[i])
                    found.Add(b);
            }
        }
        return found;
    }
}
