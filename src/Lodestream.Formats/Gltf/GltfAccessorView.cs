using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Lodestream.Geometry;

namespace Lodestream.Formats.Gltf;

/// <summary>The elements of an accessor in the binary part: a view, not a copy.</summary>
public readonly ref struct GltfAccessorView
{
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly int _stride;

    internal GltfAccessorView(GltfAccessor accessor, ReadOnlySpan<byte> bytes, int stride)
    {
        Accessor = accessor;
        _bytes = bytes;
        _stride = stride;
    }

    /// <summary>The elements' type and number.</summary>
    public GltfAccessor Accessor { get; }

    /// <summary>Bytes from one element to the next.</summary>
    public int Stride => _stride;

    /// <summary>The bytes of an element.</summary>
    public ReadOnlySpan<byte> Element(int index) => _bytes.Slice(index * _stride, Accessor.ElementBytes);

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
        if (typeof(T) != type || !BitConverter.IsLittleEndian || (_stride != Accessor.ElementBytes && Accessor.Count > 1))
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
