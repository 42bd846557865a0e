using System.Text.Json;

namespace Lodestream.Formats.Tiles3D;

/// <summary>What becomes of a tile, or of the whole document, when something is wrong; and the place that is named.</summary>
internal sealed partial class TilesetParser
{
    private void BreakTile(int tile, string what)
    {
        _document.TileSpan[tile].Broken = true;
        _document.Warn(tile, _document.WarningCount < TilesetReader.MaximumWarnings ? $"{what}; the tile and everything beneath it are skipped" : what);
    }

    private void FailUnsupported(string what)
    {
        Fail(what);
        _document.IsUnsupported = true;
    }

    private void Fail(string what)
    {
        _document.Error ??= $"{_document.Uri}: {what}";
        _done = true;
    }

    private string Here()
    {
        for (var i = _depth - 1; i >= 0; i--)
        {
            if (_frames[i].Tile >= 0)
                return _document.PathOf(_frames[i].Tile);
        }
        return _document.PathOf(-1);
    }

    // The framework appends its own idea of the place.
    private static string MessageOf(JsonException e) => "is not valid JSON: " + MessageText.ReasonOf(e);
}
