namespace Lodestream.Formats.Metadata;

/// <summary>Shape of a property's elements (3D Metadata Specification, "Types").</summary>
public enum MetadataType : byte
{
    /// <summary>One number.</summary>
    Scalar,

    /// <summary>Two numbers.</summary>
    Vec2,

    /// <summary>Three numbers.</summary>
    Vec3,

    /// <summary>Four numbers.</summary>
    Vec4,

    /// <summary>2 × 2 numbers, column-major.</summary>
    Mat2,

    /// <summary>3 × 3 numbers, column-major.</summary>
    Mat3,

    /// <summary>4 × 4 numbers, column-major.</summary>
    Mat4,

    /// <summary>True or false.</summary>
    Boolean,

    /// <summary>UTF-8 text.</summary>
    String,

    /// <summary>A named value of an enum of the schema.</summary>
    Enum,
}

/// <summary>How the numbers of an element are stored.</summary>
public enum MetadataComponentType : byte
{
    /// <summary>There are none: booleans, strings.</summary>
    None,

    /// <summary>Signed, 8 bits.</summary>
    Int8,

    /// <summary>Unsigned, 8 bits.</summary>
    UInt8,

    /// <summary>Signed, 16 bits.</summary>
    Int16,

    /// <summary>Unsigned, 16 bits.</summary>
    UInt16,

    /// <summary>Signed, 32 bits.</summary>
    Int32,

    /// <summary>Unsigned, 32 bits.</summary>
    UInt32,

    /// <summary>Signed, 64 bits.</summary>
    Int64,

    /// <summary>Unsigned, 64 bits.</summary>
    UInt64,

    /// <summary>Single precision.</summary>
    Float32,

    /// <summary>Double precision.</summary>
    Float64,
}

/// <summary>Sizes and names of types.</summary>
public static class MetadataTypes
{
    /// <summary>Numbers of an element; 1 for booleans, strings and enums.</summary>
    public static int ComponentCount(MetadataType type) => type switch
    {
        MetadataType.Vec2 => 2,
        MetadataType.Vec3 => 3,
        MetadataType.Vec4 or MetadataType.Mat2 => 4,
        MetadataType.Mat3 => 9,
        MetadataType.Mat4 => 16,
        _ => 1,
    };

    /// <summary>Bytes of a component; 0 where there is none.</summary>
    public static int ByteLength(MetadataComponentType type) => type switch
    {
        MetadataComponentType.Int8 or MetadataComponentType.UInt8 => 1,
        MetadataComponentType.Int16 or MetadataComponentType.UInt16 => 2,
        MetadataComponentType.Int32 or MetadataComponentType.UInt32 or MetadataComponentType.Float32 => 4,
        MetadataComponentType.Int64 or MetadataComponentType.UInt64 or MetadataComponentType.Float64 => 8,
        _ => 0,
    };

    /// <summary>Whether components are integers.</summary>
    public static bool IsInteger(MetadataComponentType type) => type is >= MetadataComponentType.Int8 and <= MetadataComponentType.UInt64;

    internal static MetadataType? TypeOf(string? name) => name switch
    {
        "SCALAR" => MetadataType.Scalar,
        "VEC2" => MetadataType.Vec2,
        "VEC3" => MetadataType.Vec3,
        "VEC4" => MetadataType.Vec4,
        "MAT2" => MetadataType.Mat2,
        "MAT3" => MetadataType.Mat3,
        "MAT4" => MetadataType.Mat4,
        "BOOLEAN" => MetadataType.Boolean,
        "STRING" => MetadataType.String,
        "ENUM" => MetadataType.Enum,
        _ => null,
    };

    internal static MetadataComponentType ComponentTypeOf(string? name) => name switch
    {
        "INT8" => MetadataComponentType.Int8,
        "UINT8" => MetadataComponentType.UInt8,
        "INT16" => MetadataComponentType.Int16,
        "UINT16" => MetadataComponentType.UInt16,
        "INT32" => MetadataComponentType.Int32,
        "UINT32" => MetadataComponentType.UInt32,
        "INT64" => MetadataComponentType.Int64,
        "UINT64" => MetadataComponentType.UInt64,
        "FLOAT32" => MetadataComponentType.Float32,
        "FLOAT64" => MetadataComponentType.Float64,
        _ => MetadataComponentType.None,
    };
}
