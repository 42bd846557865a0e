using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Lodestream.Geometry;

namespace Lodestream.Formats.Gltf;

/// <summary>The elements of an accessor in their file: a view, not a copy. Elements without a buffer view are zeros; sparse ones are looked up.</summary>
public readonly ref struct GltfAccessorView
{
    private static readonly byte[] Zeros = new byte[64];

    private readonly ReadOnlySpan<byte> _bytes, _places, _values;
    private readonly int _stride;

    /// <summary>Looks at an accessor's elements.</summary>
    /// <param name="accessor">The accessor.</param>
    /// <param name="bytes">Its first element and what follows; empty where it has no buffer view.</param>
    /// <param name="stride">Bytes from one element to the next.</param>
    /// <param name="places">Places of the elements that replace others, ascending, of their type; empty where there are none.</param>
    /// <param name="values">The elements that replace others, packed.</param>
    internal GltfAccessorView(GltfAccessor accessor, ReadOnlySpan<byte> bytes, int stride, ReadOnlySpan<byte> places = default, ReadOnlySpan<byte> values = default)
    {
        Accessor = accessor;
        _places = places;
        _values = values;
        _bytes = accessor.BufferView < 0 ? Zeros : bytes;
        _stride = accessor.BufferView < 0 ? 0 : stride;
    }

    /// <summary>The elements' type and number.</summary>
    public GltfAccessor Accessor { get; }

    /// <summary>Bytes from one element to the next; 0 where all are zeros.</summary>
    public int Stride => _stride;

    /// <summary>The bytes of an element.</summary>
    public ReadOnlySpan<byte> Element(int index)
    {
        if (Accessor.Sparse is { } sparse && Replacement(sparse, index) is var found and >= 0)
            return _values.Slice(found * Accessor.ElementBytes, Accessor.ElementBytes);
        return _bytes.Slice(index * _stride, Accessor.ElementBytes);
    }

    private int Replacement(GltfSparse sparse, int index)
    {
        int least = 0, greatest = sparse.Count - 1;
        while (least <= greatest)
        {
            var middle = (least + greatest) >>> 1;
            var place = Place(sparse, middle);
            if (place == index)
                return middle;
            (least, greatest) = place < index ? (middle + 1, greatest) : (least, middle - 1);
        }
        return -1;
    }

    // Where an element that replaces another belongs.
    internal long Place(GltfSparse sparse, int number) => sparse.IndicesType switch
    {
        GltfComponentType.UInt8 => _places[number],
        GltfComponentType.UInt16 => BinaryPrimitives.ReadUInt16LittleEndian(_places[(2 * number)..]),
        _ => BinaryPrimitives.ReadUInt32LittleEndian(_places[(4 * number)..]),
    };

    /// <summary>All components as one packed run of their type, for an upload without a copy; false where elements are interleaved or the type is another.</summary>
    /// <typeparam name="T">The component type: float, byte, ushort, …</typeparam>
    /// <param name="components">The components.</param>
    public bool TryGetPacked<T>(out ReadOnlySpan<T> components)
        where T : unmanaged
    {
        components = default;
        var type = Accessor.ComponentType switch
        {
            GltfComponentType.Int8 => typeof(sbyte),
            GltfComponentType.UInt8 => typeof(byte),
            GltfComponentType.Int16 => typeof(short),
            GltfComponentType.UInt16 => typeof(ushort),
            GltfComponentType.UInt32 => typeof(uint),
            _ => typeof(float),
        };
        if (typeof(T) != type || Accessor.IsSparse || Accessor.BufferView < 0 || !BitConverter.IsLittleEndian || (_stride != Accessor.ElementBytes && Accessor.Count > 1))
            return false;
        components = MemoryMarshal.Cast<byte, T>(_bytes[..(Accessor.Count * Accessor.ElementBytes)]);
        return true;
    }

    /// <summary>A component of an element as a number; normalized integers as what they stand for.</summary>
    public double Component(int index, int component)
    {
        var bytes = Element(index)[(component * Accessor.ComponentBytes)..];
        return Accessor.ComponentType switch
        {
            GltfComponentType.Int8 => Accessor.Normalized ? Math.Max((sbyte)bytes[0] / 127.0, -1) : (sbyte)bytes[0],
            GltfComponentType.UInt8 => Accessor.Normalized ? bytes[0] / 255.0 : bytes[0],
            GltfComponentType.Int16 => Accessor.Normalized ? Math.Max(BinaryPrimitives.ReadInt16LittleEndian(bytes) / 32767.0, -1) : BinaryPrimitives.ReadInt16LittleEndian(bytes),
            GltfComponentType.UInt16 => Accessor.Normalized ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) / 65535.0 : BinaryPrimitives.ReadUInt16LittleEndian(bytes),
            GltfComponentType.UInt32 => BinaryPrimitives.ReadUInt32LittleEndian(bytes),
            _ => BinaryPrimitives.ReadSingleLittleEndian(bytes),
        };
    }

    /// <summary>The first three components of an element.</summary>
    public Vector3d Vector(int index) => new(Component(index, 0), Component(index, 1), Component(index, 2));

    /// <summary>An element as an index.</summary>
    public uint Index(int index) => (uint)Component(index, 0);
}
