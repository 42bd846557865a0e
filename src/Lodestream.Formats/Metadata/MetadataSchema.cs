using System.Diagnostics.CodeAnalysis;

namespace Lodestream.Formats.Metadata;

/// <summary>
/// Classes and enums of a 3D Metadata schema (OGC 3D Tiles 1.1 and <c>EXT_structural_metadata</c>). Defaults, ranges and factors stay
/// in the schema's JSON, which it keeps, and are read when asked for.
/// </summary>
public sealed class MetadataSchema
{
    internal MetadataSchema()
    {
    }

    /// <summary>Its identifier; empty where it has none.</summary>
    public string Id { get; internal set; } = "";

    /// <summary>Name for people.</summary>
    public string? Name { get; internal set; }

    /// <summary>Description for people.</summary>
    public string? Description { get; internal set; }

    /// <summary>Version of the schema, the application's own.</summary>
    public string? Version { get; internal set; }

    /// <summary>The classes, by identifier.</summary>
    public IReadOnlyDictionary<string, MetadataClass> Classes { get; internal set; } = new Dictionary<string, MetadataClass>();

    /// <summary>The enums, by identifier.</summary>
    public IReadOnlyDictionary<string, MetadataEnum> Enums { get; internal set; } = new Dictionary<string, MetadataEnum>();
}

/// <summary>A class: the properties an entity can have.</summary>
public sealed class MetadataClass
{
    private Dictionary<string, MetadataProperty>? _byId;

    internal MetadataClass(string id) => Id = id;

    /// <summary>Its identifier.</summary>
    public string Id { get; }

    /// <summary>Name for people.</summary>
    public string? Name { get; internal set; }

    /// <summary>Description for people.</summary>
    public string? Description { get; internal set; }

    /// <summary>The properties, in the order of the schema.</summary>
    public IReadOnlyList<MetadataProperty> Properties { get; internal set; } = [];

    /// <summary>The property of an identifier.</summary>
    public bool TryFind(string id, [NotNullWhen(true)] out MetadataProperty? property)
    {
        ArgumentNullException.ThrowIfNull(id);
        if (_byId is null)
        {
            var byId = new Dictionary<string, MetadataProperty>(StringComparer.Ordinal);
            foreach (var each in Properties)
                byId.TryAdd(each.Id, each);
            _byId = byId;
        }
        return _byId.TryGetValue(id, out property);
    }

    /// <summary>The property with a semantic (<c>TILE_BOUNDING_BOX</c>, …).</summary>
    public bool TryFindSemantic(string semantic, [NotNullWhen(true)] out MetadataProperty? property) =>
        (property = Properties.FirstOrDefault(p => p.Semantic == semantic)) is not null;
}

/// <summary>A property of a class.</summary>
public sealed class MetadataProperty
{
    private readonly ReadOnlyMemory<byte> _json;

    internal MetadataProperty(string id, ReadOnlyMemory<byte> json) => (Id, _json) = (id, json);

    /// <summary>Its identifier.</summary>
    public string Id { get; }

    /// <summary>Name for people.</summary>
    public string? Name { get; internal set; }

    /// <summary>Description for people.</summary>
    public string? Description { get; internal set; }

    /// <summary>What it means to a program; null where it says nothing.</summary>
    public string? Semantic { get; internal set; }

    /// <summary>Shape of an element.</summary>
    public MetadataType Type { get; internal set; }

    /// <summary>How components are stored; for enums, how their values are.</summary>
    public MetadataComponentType ComponentType { get; internal set; }

    /// <summary>The enum, where <see cref="Type"/> is one.</summary>
    public MetadataEnum? Enum { get; internal set; }

    /// <summary>Whether a value is an array of elements.</summary>
    public bool IsArray { get; internal set; }

    /// <summary>Elements of an array of fixed length; 0 where the length varies or the value is no array.</summary>
    public int Count { get; internal set; }

    /// <summary>Whether integers stand for numbers from 0 (signed: −1) to 1.</summary>
    public bool IsNormalized { get; internal set; }

    /// <summary>Whether every entity must have it.</summary>
    public bool IsRequired { get; internal set; }

    /// <summary>Whether an array's length differs from entity to entity.</summary>
    public bool HasVariableLength => IsArray && Count == 0;

    /// <summary>Numbers of an element.</summary>
    public int ComponentCount => MetadataTypes.ComponentCount(Type);

    /// <summary>Bytes of an element in binary form; 0 for booleans, which are bits, and strings.</summary>
    public int ElementBytes => ComponentCount * MetadataTypes.ByteLength(ComponentType);

    /// <summary>Whether what is read is stretched: it is normalized, or has an offset or a scale.</summary>
    public bool IsTransformed => IsNormalized || OffsetAt >= 0 || ScaleAt >= 0;

    /// <summary>The value that stands for "no value", as it is stored; none where there is none.</summary>
    public MetadataValue NoData => Literal(NoDataAt);

    /// <summary>The value of entities without one, as it is meant; none where there is none.</summary>
    public MetadataValue Default => Literal(DefaultAt);

    /// <summary>Least value of the class, as the schema writes it; empty where it does not. Components of all elements, in order.</summary>
    public double[] Minimum => Numbers(MinimumAt);

    /// <summary>Greatest value, like <see cref="Minimum"/>.</summary>
    public double[] Maximum => Numbers(MaximumAt);

    /// <summary>Added after scaling, per component of all elements; empty where nothing is.</summary>
    public double[] Offset => Numbers(OffsetAt);

    /// <summary>Multiplies, per component of all elements; empty where nothing does.</summary>
    public double[] Scale => Numbers(ScaleAt);

    internal int NoDataAt { get; set; } = -1;

    internal int DefaultAt { get; set; } = -1;

    internal int MinimumAt { get; set; } = -1;

    internal int MaximumAt { get; set; } = -1;

    internal int OffsetAt { get; set; } = -1;

    internal int ScaleAt { get; set; } = -1;

    private MetadataValue Literal(int at) => at < 0 ? default : MetadataJson.Read(_json.Span[at..], this);

    private double[] Numbers(int at) => at < 0 ? [] : MetadataJson.ReadNumbers(_json.Span[at..]);
}

/// <summary>An enum: integers with names.</summary>
public sealed class MetadataEnum
{
    internal MetadataEnum(string id) => Id = id;

    /// <summary>Its identifier.</summary>
    public string Id { get; }

    /// <summary>Name for people.</summary>
    public string? Name { get; internal set; }

    /// <summary>Description for people.</summary>
    public string? Description { get; internal set; }

    /// <summary>How its values are stored.</summary>
    public MetadataComponentType ValueType { get; internal set; } = MetadataComponentType.UInt16;

    /// <summary>Its values.</summary>
    public IReadOnlyList<(string Name, long Value)> Values { get; internal set; } = [];

    /// <summary>The name of a value; null where it has none.</summary>
    public string? NameOf(long value)
    {
        foreach (var (name, known) in Values)
        {
            if (known == value)
                return name;
        }
        return null;
    }

    /// <summary>The value of a name; null where there is none.</summary>
    public long? ValueOf(string name)
    {
        foreach (var (known, value) in Values)
        {
            if (known == name)
                return value;
        }
        return null;
    }
}
