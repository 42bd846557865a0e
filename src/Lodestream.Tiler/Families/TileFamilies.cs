using System.Buffers;
using System.Globalization;
using Lodestream.Formats.Gltf;
using Lodestream.Tiler.Meshes;
using Lodestream.Tiler.Worlds.Continent;
using Lodestream.Tiler.Worlds.Places;

namespace Lodestream.Tiler.Families;

/// <summary>Which families a tile has contents of; a family's bit is its place in <see cref="TileFamilies.Names"/>.</summary>
[Flags]
internal enum FamilyFlags
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>The ground.</summary>
    Terrain = 1,

    /// <summary>Sea, lakes, rivers.</summary>
    Water = 2,

    /// <summary>Map of the provinces.</summary>
    Feature = 4,

    /// <summary>Borders of the provinces.</summary>
    Border = 8,

    /// <summary>Routes.</summary>
    Route = 16,

    /// <summary>Labels.</summary>
    Label = 32,
}

/// <summary>The contents of a continent's tiles, family by family.</summary>
internal sealed class TileFamilies
{
    /// <summary>The families, as folders and groups name them.</summary>
    public static readonly string[] Names = ["terrain", "water", "feature", "border", "route", "label"];

    private readonly TerrainRaster _raster;
    private readonly ContinentTerrain _terrain;
    private readonly PlaceModel _places;
    private readonly string _generator;
    private readonly RibbonLevel[] _rivers, _borders, _routes;
    private readonly LabelLevel[] _labels;

    public TileFamilies(TerrainRaster raster, ContinentTerrain terrain, PlaceModel places, string generator)
    {
        (_raster, _terrain, _places, _generator) = (raster, terrain, places, generator);
        _rivers = Levels(MapLines.Rivers(terrain));
        _borders = Levels(MapLines.Borders(places, terrain));
        _routes = Levels(MapLines.RoutesOf(places, terrain));
        _labels = [.. Enumerable.Range(0, raster.Layout.Levels).Select(level => new LabelLevel(raster, level, places.Labels))];

        RibbonLevel[] Levels(IEnumerable<RibbonLine> lines)
        {
            var all = lines.ToArray();
            return [.. Enumerable.Range(0, raster.Layout.Levels).Select(level => new RibbonLevel(raster.Layout, level, all))];
        }
    }

    /// <summary>Makes what writes one tile after another; each thread has its own.</summary>
    public TileWriter CreateWriter() => new(this);

    /// <summary>Writes the contents of one tile after another in the same memory.</summary>
    internal sealed class TileWriter(TileFamilies families)
    {
        private static readonly GlbMaterial
            Ground = new() { Name = "ground", Metallic = 0, Roughness = 0.95f },
            Water = new() { Name = "water", Metallic = 0, Roughness = 0.5f },
            Line = new() { Name = "line", Metallic = 0, Roughness = 1 };

        private readonly TerrainTileMesh _terrain = new(families._raster);
        private readonly SurfaceMesh _mesh = new();
        private readonly WaterSurface _water = new(families._raster, families._terrain);
        private readonly RibbonDraper _draper = new(families._raster, (x, y) => MapLines.WaterAt(families._terrain, x, y));
        private readonly RegionMap _regions = new(families._places, families._raster.Layout);
        private readonly GlbWriter _glb = new() { Generator = families._generator };
        private readonly ArrayBufferWriter<byte> _bytes = new();
        private string _folder = "";
        private int _level, _x, _y;
        private FamilyFlags _written;
        private (double Min, double Max) _heights;

        /// <summary>Writes a tile's contents.</summary>
        /// <returns>What there is of it, and whole height units around its lowest and highest vertex, metres.</returns>
        public (FamilyFlags Written, (double Min, double Max) Heights) Write(string folder, int level, int x, int y, bool hasChildren)
        {
            (_folder, _level, _x, _y, _written) = (folder, level, x, y, FamilyFlags.None);
            WriteTerrain(hasChildren);
            WriteWater();
            WriteFeature();
            WriteRibbons(FamilyFlags.Border, families._borders[level]);
            WriteRibbons(FamilyFlags.Route, families._routes[level]);
            WriteLabels();
            return (_written, (Math.Floor(_heights.Min * TerrainRaster.HeightUnits) / TerrainRaster.HeightUnits, Math.Ceiling(_heights.Max * TerrainRaster.HeightUnits) / TerrainRaster.HeightUnits));
        }

        private void WriteTerrain(bool hasChildren)
        {
            _terrain.Build(_level, _x, _y, hasChildren);
            _heights = (_terrain.Bounds.Min.Z, _terrain.Bounds.Max.Z);
            _glb.Clear();
            var primitive = new GlbPrimitive
            {
                Positions = _glb.AddPositions(_terrain.Positions),
                Normals = _glb.AddNormals(_terrain.Normals),
                Colors = _glb.AddColors(_terrain.Colors),
                Indices = _glb.AddIndices(_terrain.Indices),
                Material = _glb.AddMaterial(Ground),
            };
            _glb.AddNode(new(_glb.AddMesh(primitive), new(_terrain.Center.X, _terrain.Center.Z, 0.0 - _terrain.Center.Y)));
            WriteFile(FamilyFlags.Terrain);
        }

        private void WriteWater()
        {
            _mesh.Begin(_terrain.Center);
            _water.AddTo(_mesh, _level, _x, _y);
            families._rivers[_level].AddTo(_mesh, _draper, _x, _y);
            WriteMesh(FamilyFlags.Water, Water);
        }

        private void WriteFeature()
        {
            _glb.Clear();
            if (_regions.AddTo(_glb, _level, _x, _y))
                WriteFile(FamilyFlags.Feature);
        }

        private void WriteRibbons(FamilyFlags family, RibbonLevel ribbons)
        {
            _mesh.Begin(_terrain.Center);
            ribbons.AddTo(_mesh, _draper, _x, _y);
            WriteMesh(family, Line);
        }

        private void WriteLabels()
        {
            _glb.Clear();
            if (families._labels[_level].AddTo(_glb, _x, _y, _terrain.Center) is not { } heights)
                return;
            _heights = (Math.Min(_heights.Min, heights.Min), Math.Max(_heights.Max, heights.Max));
            WriteFile(FamilyFlags.Label);
        }

        private void WriteMesh(FamilyFlags family, GlbMaterial material)
        {
            if (_mesh.IsEmpty)
                return;
            _heights = (Math.Min(_heights.Min, _mesh.Heights.Min), Math.Max(_heights.Max, _mesh.Heights.Max));
            _glb.Clear();
            _mesh.AddTo(_glb, material);
            WriteFile(family);
        }

        private void WriteFile(FamilyFlags family)
        {
            _written |= family;
            var name = Names[System.Numerics.BitOperations.TrailingZeroCount((int)family)];
            _bytes.ResetWrittenCount();
            _glb.WriteTo(_bytes);
            var path = Path.Combine(_folder, name, string.Create(CultureInfo.InvariantCulture, $"{_level}/{_x}_{_y}.glb"));
            using var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write, preallocationSize: _bytes.WrittenCount);
            RandomAccess.Write(file, _bytes.WrittenSpan, 0);
        }
    }
}
