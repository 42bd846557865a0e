using System.Text.Json;
using Lodestream.Diagnostics;

namespace Lodestream.Simulation.Reporting;

/// <summary>
/// Writes a run's map: the tiles' outlines on a grid of 2²⁰ steps over what is seen, and every moment as what changed since the one before.
/// </summary>
/// <param name="map">The map.</param>
/// <param name="plane">What it is drawn on.</param>
internal sealed class MapWriter(RunMap map, MapPlane plane)
{
    private const double Steps = 1 << 20;

    private readonly List<int> _tiles = [];
    private readonly Dictionary<int, int> _numbers = [];
    private (double X, double Y) _corner;
    private double _step;

    /// <summary>Writes the map as a property.</summary>
    /// <param name="json">Writes.</param>
    /// <param name="every">Of the moments, every n-th; the last in any case.</param>
    public void Write(Utf8JsonWriter json, int every)
    {
        var moments = map.Moments.Where((_, i) => i % every == 0 || i == map.Moments.Count - 1).ToList();
        Renumber(moments);
        var outlines = _tiles.ConvertAll(tile => plane.Outline(map.Tiles[tile].Volume));
        LayGrid(outlines);
        json.WriteStartObject("map");
        json.WriteNumber("metresPerStep", _step);
        json.WriteStartArray("reasons");
        foreach (var reason in Enum.GetNames<TileReason>())
            json.WriteStringValue(reason);
        json.WriteEndArray();
        WriteTiles(json, outlines);
        WriteMoments(json, moments);
        json.WriteEndObject();
    }

    private void Renumber(List<MapMoment> moments)
    {
        _tiles.Clear();
        _numbers.Clear();
        foreach (var moment in moments)
        {
            foreach (var (region, source) in moment.Drawn)
            {
                Number(region);
                Number(source);
            }
            foreach (var (tile, _) in moment.Wanted)
                Number(tile);
        }

        void Number(int tile)
        {
            if (_numbers.TryAdd(tile, _tiles.Count))
                _tiles.Add(tile);
        }
    }

    private void LayGrid(List<List<(double X, double Y)>> outlines)
    {
        var (minX, minY, maxX, maxY) = (double.MaxValue, double.MaxValue, double.MinValue, double.MinValue);
        foreach (var (x, y) in outlines.SelectMany(outline => outline))
            (minX, minY, maxX, maxY) = (Math.Min(minX, x), Math.Min(minY, y), Math.Max(maxX, x), Math.Max(maxY, y));
        _corner = outlines.Count > 0 ? (minX, minY) : (0, 0);
        _step = outlines.Count > 0 ? Math.Max(1e-9, Math.Max(maxX - minX, maxY - minY) / Steps) : 1;
    }

    private void WriteTiles(Utf8JsonWriter json, List<List<(double X, double Y)>> outlines)
    {
        json.WriteStartArray("names");
        foreach (var tile in _tiles)
            json.WriteStringValue(map.Tiles[tile].Name);
        json.WriteEndArray();
        json.WriteStartArray("levels");
        foreach (var tile in _tiles)
            json.WriteNumberValue(map.Tiles[tile].Level);
        json.WriteEndArray();
        json.WriteStartArray("outlines");
        foreach (var outline in outlines)
        {
            json.WriteStartArray();
            WritePoints(json, outline);
            json.WriteEndArray();
        }
        json.WriteEndArray();
    }

    private void WriteMoments(Utf8JsonWriter json, List<MapMoment> moments)
    {
        Dictionary<int, int> drawn = [], wanted = [];
        json.WriteStartArray("moments");
        foreach (var moment in moments)
        {
            json.WriteStartObject();
            json.WriteNumber("t", Math.Round(moment.Seconds, 3));
            if (moment.View is { } view)
                WriteView(json, view);
            drawn = WriteChanges(json, "drawn", drawn, moment.Drawn.Select(item => (_numbers[item.Region], _numbers[item.Source])));
            wanted = WriteChanges(json, "wanted", wanted, moment.Wanted.Select(item => (_numbers[item.Tile], (int)item.Reason)));
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private void WriteView(Utf8JsonWriter json, in Selection.View view)
    {
        var (x, y, height) = plane.Project(view.Position);
        json.WriteStartArray("camera");
        WritePoints(json, [(x, y)]);
        json.WriteNumberValue(Math.Round(height, 1));
        json.WriteEndArray();
        json.WriteStartArray("view");
        WritePoints(json, plane.Footprint(view));
        json.WriteEndArray();
    }

    // Pairs of key and new value; −1 for what is gone.
    private static Dictionary<int, int> WriteChanges(Utf8JsonWriter json, string name, Dictionary<int, int> before, IEnumerable<(int Key, int Value)> pairs)
    {
        var now = new Dictionary<int, int>();
        json.WriteStartArray(name);
        foreach (var (key, value) in pairs)
        {
            now[key] = value;
            if (before.TryGetValue(key, out var old) && old == value)
                continue;
            json.WriteNumberValue(key);
            json.WriteNumberValue(value);
        }
        foreach (var key in before.Keys.Where(key => !now.ContainsKey(key)))
        {
            json.WriteNumberValue(key);
            json.WriteNumberValue(-1);
        }
        json.WriteEndArray();
        return now;
    }

    private void WritePoints(Utf8JsonWriter json, IEnumerable<(double X, double Y)> points)
    {
        foreach (var (x, y) in points)
        {
            json.WriteNumberValue((long)Math.Round((x - _corner.X) / _step));
            json.WriteNumberValue((long)Math.Round((y - _corner.Y) / _step));
        }
    }
}
