using Lodestream.Formats.Metadata;
using Lodestream.Geometry;
using Lodestream.Scene;

namespace Lodestream.Formats.Tiles3D.Implicit;

/// <summary>
/// What tiles' metadata says instead of what follows from their place: volumes, heights, geometric error, refinement (3D Metadata
/// Semantic Reference, "Tile"), and their raster error.
/// </summary>
internal sealed class SubtreeOverrides
{
    private const double MaximumCoordinate = 1e12;

    private readonly ImplicitTiling _tiling;
    private readonly SubtreeTable _table;
    private readonly Action<string> _warn;
    private readonly PropertyColumn? _box, _region, _sphere, _lowest, _highest, _error, _refinement, _raster;
    private int _bit, _row, _wrong;

    private SubtreeOverrides(ImplicitTiling tiling, SubtreeTable table, Action<string> warn)
    {
        (_tiling, _table, _warn) = (tiling, table, warn);
        (_box, _region, _sphere) = (Find("TILE_BOUNDING_BOX"), Find("TILE_BOUNDING_REGION"), Find("TILE_BOUNDING_SPHERE"));
        (_lowest, _highest) = (Find("TILE_MINIMUM_HEIGHT"), Find("TILE_MAXIMUM_HEIGHT"));
        (_error, _refinement) = (Find("TILE_GEOMETRIC_ERROR"), Find("TILE_REFINEMENT"));
        _raster = FindProperty(RasterErrors.Property);
        foreach (var unsupported in (ReadOnlySpan<string>)["TILE_BOUNDING_S2_CELL", "TILE_TRANSFORM"])
        {
            if (Find(unsupported) is not null)
                warn($"tiles have {unsupported}, which is not supported yet and not used");
        }
    }

    /// <summary>The overrides of a table; null where it has none.</summary>
    public static SubtreeOverrides? Of(ImplicitTiling tiling, SubtreeTable table, Action<string> warn)
    {
        var overrides = new SubtreeOverrides(tiling, table, warn);
        return overrides is { _box: null, _region: null, _sphere: null, _lowest: null, _highest: null, _error: null, _refinement: null, _raster: null } ? null : overrides;
    }

    /// <summary>Puts in what a tile's row says. Tiles come in the order of their bits.</summary>
    public void Apply(ref ImplicitTile tile, in TilePlace place, int bit)
    {
        for (; _bit < bit; _bit++)
        {
            if (_table.Availability[_bit])
                _row++;
        }
        if (VolumeOf(place) is { } volume)
            tile.Volume = volume;
        if (_error is not null && Number(_error) is var error && !double.IsNaN(error))
        {
            if (error >= 0 && error <= MaximumCoordinate)
                tile.GeometricError = error * _tiling.Tile.MaximumScale;
            else
                WarnOnce($"{place} has a TILE_GEOMETRIC_ERROR of {error}, which is not used");
        }
        if (_raster is not null && Number(_raster) is var raster && !double.IsNaN(raster))
        {
            if (RasterErrors.IsUsable(raster))
                tile.RasterError = (float)(raster * _tiling.Tile.MaximumScale);
            else
                WarnOnce($"{place} has a {RasterErrors.Property} of {raster}, which is not used");
        }
        if (_refinement is not null && Number(_refinement) is 0 or 1)
            tile.Refinement = Number(_refinement!) == 0 ? Refinement.Add : Refinement.Replace;
    }

    private BoundingVolume? VolumeOf(in TilePlace place)
    {
        if (Numbers(_box, 12) is { } box)
            return Usable(ImplicitVolume.OfBox(Written(VolumeKind.Box, box), _tiling.Tile), place);
        if (Numbers(_region, 6) is { } region)
            return IsRegion(region) ? RegionOf(Written(VolumeKind.Region, region), place) : Refused(place);
        if (Numbers(_sphere, 4) is { } sphere)
            return sphere[3] < 0 ? Refused(place) : Usable(BoundingVolume.Sphere(_tiling.Tile.Point(new(sphere[0], sphere[1], sphere[2])), sphere[3] * _tiling.Tile.MaximumScale), place);
        if (_tiling.Volume.Kind != VolumeKind.Region || (_lowest is null && _highest is null))
            return null;
        var written = ImplicitVolume.RegionOf(_tiling, place);
        Span<double> numbers = written.Numbers;
        var (low, high) = (_lowest is null ? double.NaN : Number(_lowest), _highest is null ? double.NaN : Number(_highest));
        if (Math.Abs(low) <= MaximumCoordinate)
            numbers[4] = low;
        if (Math.Abs(high) <= MaximumCoordinate)
            numbers[5] = high;
        return numbers[4] <= numbers[5] ? RegionOf(written, place) : Refused(place);
    }

    private BoundingVolume RegionOf(in WrittenVolume region, in TilePlace place) =>
        ImplicitVolume.OfRegion(region, place.Level == 0 || _tiling.Volume.Kind != VolumeKind.Region ? default(WrittenVolume?) : ImplicitVolume.RegionOf(_tiling, place.Parent));

    private static bool IsRegion(double[] n) =>
        Math.Abs(n[0]) <= 2 * Math.PI + 1e-6 && Math.Abs(n[2]) <= 2 * Math.PI + 1e-6 && n[1] >= -Math.PI / 2 - 1e-6 && n[3] <= Math.PI / 2 + 1e-6 && n[1] <= n[3] && n[4] <= n[5];

    private BoundingVolume? Usable(in BoundingVolume volume, in TilePlace place) =>
        volume.Center.IsFinite && double.IsFinite(volume.HalfLengths.LengthSquared) ? volume : Refused(place);

    private BoundingVolume? Refused(in TilePlace place)
    {
        WarnOnce($"{place} has a bounding volume in its metadata that cannot be; the one that follows from its place is used");
        return null;
    }

    private void WarnOnce(string message)
    {
        if (_wrong++ == 0)
            _warn(message);
    }

    private double Number(PropertyColumn column)
    {
        var number = 0.0;
        return _table.TryNumbersAt(column, _row, new(ref number)) ? number : _table.CheckedValueAt(column, _row).Number;
    }

    private double[]? Numbers(PropertyColumn? column, int count)
    {
        if (column is null)
            return null;
        var numbers = new double[count];
        if (!_table.TryNumbersAt(column, _row, numbers))
            numbers = _table.CheckedValueAt(column, _row).ToNumbers();
        if (numbers.Length != count)
            return null;
        foreach (var number in numbers)
        {
            if (!(Math.Abs(number) <= MaximumCoordinate))
                return null;
        }
        return numbers;
    }

    private PropertyColumn? Find(string semantic) => _table.Table.TryFindSemantic(semantic, out var column) ? Checked(semantic, column) : null;

    private PropertyColumn? FindProperty(string id) => _table.Table.TryFind(id, out var column) ? Checked(id, column) : null;

    private PropertyColumn? Checked(string name, PropertyColumn column)
    {
        if (_table.Check(column) is not { } error)
            return column;
        _warn($"{name}: {error}; it is not used");
        return null;
    }

    private static WrittenVolume Written(VolumeKind kind, double[] from)
    {
        var volume = new WrittenVolume { Kind = kind };
        from.CopyTo(((Span<double>)volume.Numbers));
        return volume;
    }
}
