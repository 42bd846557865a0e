using System.Numerics;

namespace Lodestream.Tiler.Worlds.City;

/// <summary>
/// Furnishes rooms. In a room's frame x runs along the wall with the door, which is at 0.3 to 1.25 m, and y to the window; what is large and what is small go to meshes of their own.
/// </summary>
internal sealed class FurnitureDrawing
{
    private const double DoorZone = 1.35;

    private static readonly Vector3[] Cloths = [Tints.Hex(0x8E4B3F), Tints.Hex(0x4D6A7C), Tints.Hex(0x6E7B52), Tints.Hex(0xB89552), Tints.Hex(0x7B6480), Tints.Hex(0x9AA3A8), Tints.Hex(0xC4B49A), Tints.Hex(0x3F4C5E)];
    private static readonly Vector3[] Books = [Tints.Hex(0x8C2F2B), Tints.Hex(0x2C5478), Tints.Hex(0x2F6B4A), Tints.Hex(0xD2A541), Tints.Hex(0xE6E0D2), Tints.Hex(0x4A3B5C)];
    private static readonly Vector3 Pale = new(1, 0.99f, 0.96f), Dark = new(0.46f, 0.41f, 0.38f), White = new(0.97f, 0.97f, 0.97f), Steel = new(0.9f, 0.9f, 0.9f);

    private readonly Pen _large, _small;
    private readonly CityRandom _random;
    private readonly double _width, _depth, _ceiling;
    private readonly Vector3 _wood, _cloth, _cloth2;

    private FurnitureDrawing(PlanFrame frame, double width, double depth, double ceiling, CityMesh large, CityMesh small, CityRandom random)
    {
        (_large, _small, _random, _width, _depth, _ceiling) = (new(large, frame), new(small, frame), random, width, depth, ceiling);
        (_wood, _cloth, _cloth2) = (random.Chance(0.5) ? Pale : Dark, Cloths[random.Pick(Cloths.Length)], Cloths[random.Pick(Cloths.Length)]);
    }

    /// <summary>Furnishes a room.</summary>
    /// <param name="plan">Its building.</param>
    /// <param name="floor">Its floor.</param>
    /// <param name="index">Its number there.</param>
    /// <param name="large">Takes furniture.</param>
    /// <param name="small">Takes what stands and hangs about.</param>
    public static void Draw(BuildingPlan plan, int floor, int index, CityMesh large, CityMesh small)
    {
        var room = plan.RoomsOf(floor)[index];
        var frame = room.IsFront ? plan.Frame.Reversed(room.U1, room.V1, plan.FloorBase(floor)) : plan.Frame.Moved(room.U0, room.V0, plan.FloorBase(floor));
        var random = CityRandom.For((ulong)plan.ContentSeed, 2 + floor, index);
        new FurnitureDrawing(frame, room.U1 - room.U0, room.V1 - room.V0, plan.HeightOf(floor) - BuildingPlan.Slab, large, small, random).Furnish(room.Use);
    }

    private void Furnish(RoomUse use)
    {
        switch (use)
        {
            case RoomUse.Living:
                Living();
                break;
            case RoomUse.Bedroom:
                Bedroom();
                break;
            case RoomUse.Kitchen:
                Kitchen();
                break;
            case RoomUse.Office:
                Office();
                break;
            case RoomUse.Shop:
                Shop();
                break;
            case RoomUse.Lobby:
                Lobby();
                break;
        }
        if (use is not (RoomUse.Corridor or RoomUse.Stairs))
            CeilingLamp();
    }

    private void Living()
    {
        Rug(_width / 2 - 1, _width / 2 + 1, 2, 4.4, _cloth2);
        Sofa(_width - 1, 2.1, 4.2);
        Table(_width - 2.1, _width - 1.5, 2.6, 3.7, 0.42);
        Cup(_width - 1.8, 2.9, 0.42);
        Book(_width - 1.75, 3.3, 0.42);
        Shelf(1.8, Math.Min(3.8, _depth - 1.2));
        Plant(0.4, _depth - 0.5, 1.1);
        FloorLamp(_width - 0.35, _depth - 0.5);
        Picture(2.4, 3.6, 1.45);
        Curtains();
    }

    private void Bedroom()
    {
        var wide = _width > 3.6 ? 1.6 : 1.2;
        Rug(_width - 3 > 0.3 ? _width - 3 : 0.3, _width - 0.4, 1.6, 4.3, _cloth2);
        Bed(_width - 2.1, _width - 0.05, 2, 2 + wide);
        Nightstand(_width - 0.5, 2 + wide + 0.1);
        _large.Box(CityMaterial.Wood, 0.02, 0.62, 1.6, 3.4, 0, 2.15, _wood);
        _small.Box(CityMaterial.Metal, 0.62, 0.64, 2.44, 2.47, 0.9, 1.2, Steel);
        _small.Box(CityMaterial.Metal, 0.62, 0.64, 2.53, 2.56, 0.9, 1.2, Steel);
        Picture(2.2, 3.2, 1.5);
        Plant(0.4, _depth - 0.45, 0.8);
        Curtains();
    }

    private void Kitchen()
    {
        Counter();
        var (x0, x1, y0, y1) = (0.5, Math.Min(1.5, _width - 1.6), 2.4, 3.8);
        Table(x0, x1, y0, y1, 0.75);
        foreach (var y in (ReadOnlySpan<double>)[y0 + 0.15, y1 - 0.6])
        {
            Chair(x1 + 0.05, y, isLeft: false);
            Cup(x1 - 0.25, y + 0.2, 0.75);
            Plate(x1 - 0.25, y + 0.42, 0.75);
        }
        _small.Column(CityMaterial.Paint, (x0 + x1) / 2, (y0 + y1) / 2, 0.75, 0.95, 0.07, 0.05, _cloth * 1.4f, _cloth * 1.4f);
        Foliage(_small, (x0 + x1) / 2, (y0 + y1) / 2, 0.95, 0.16);
        Picture(2.6, 3.4, 1.5);
    }

    private void Office()
    {
        for (var y = 1.9; y + 0.9 < _depth - 0.3; y += 1.9)
        {
            Desk(_width - 1.65, y);
            if (_width > 4.2)
                Desk(_width - 3.6, y);
        }
        Shelf(1.7, Math.Min(3.2, _depth - 1));
        Plant(0.4, _depth - 0.5, 1.3);
        _small.Box(CityMaterial.Paint, 0.01, 0.04, 3.5, Math.Min(4.9, _depth - 0.4), 1, 2, White);
        _small.Box(CityMaterial.Metal, 0.05, 0.37, 0.95 + 0.5, 1.7, 0, 0.4, new(0.35f, 0.35f, 0.35f));
    }

    private void Shop()
    {
        Shelf(1.5, _depth - 1.4);
        Rack(_width - 0.42, 1.5, _depth - 1.6);
        _large.Box(CityMaterial.Wood, _width - 2.2, _width - 0.9, 0.9, 1.45, 0, 0.98, _wood);
        _small.Box(CityMaterial.Metal, _width - 1.9, _width - 1.55, 1, 1.3, 0.98, 1.2, Tints.Iron);
        if (_width > 4)
        {
            Table(_width / 2 - 0.5, _width / 2 + 0.5, 2.5, 4, 0.8);
            for (var i = 0; i < 4; i++)
                _small.Box(CityMaterial.Fabric, _width / 2 - 0.42, _width / 2 + 0.05 + 0.1 * (i & 1), 2.6 + i * 0.34, 2.85 + i * 0.34, 0.8, 0.88 + 0.05 * (i & 1), Cloths[(i + _random.Pick(8)) % 8]);
        }
        Plant(_width - 0.5, _depth - 0.5, 1.0);
    }

    private void Lobby()
    {
        Rug(0.5, _width - 0.5, 1.6, _depth - 0.9, _cloth);
        _large.Box(CityMaterial.Metal, 0.02, 0.2, 1.8, 3.2, 1, 1.7, new(0.62f, 0.5f, 0.3f), BoxFaces.All);
        for (var i = 0; i < 6; i++)
            _small.Box(CityMaterial.Metal, 0.2, 0.215, 1.86 + i * 0.22, 2.02 + i * 0.22, 1.1, 1.6, new(0.45f, 0.36f, 0.2f));
        _large.Box(CityMaterial.Wood, _width - 0.5, _width - 0.05, 1.8, 3.4, 0.38, 0.45, _wood, BoxFaces.All);
        _large.Box(CityMaterial.Metal, _width - 0.45, _width - 0.1, 1.9, 1.96, 0, 0.38, Tints.Iron);
        _large.Box(CityMaterial.Metal, _width - 0.45, _width - 0.1, 3.24, 3.3, 0, 0.38, Tints.Iron);
        Plant(_width - 0.45, _depth - 0.6, 1.5);
    }

    private void Rug(double x0, double x1, double y0, double y1, Vector3 tint)
    {
        (x0, x1, y1) = (Math.Max(0.15, x0), Math.Min(_width - 0.15, x1), Math.Min(y1, _depth - 0.3));
        _large.Box(CityMaterial.Fabric, x0, x1, y0, y1, 0, 0.012, tint * 1.1f);
        _large.Level(CityMaterial.Fabric, x0 + 0.15, x1 - 0.15, y0 + 0.15, y1 - 0.15, 0.018, tint * 1.5f);
    }

    private void Sofa(double x, double y0, double y1)
    {
        _large.Box(CityMaterial.Fabric, x, x + 0.95, y0, y1, 0.1, 0.32, _cloth * 0.9f);
        _large.Box(CityMaterial.Fabric, x, x + 0.7, y0 + 0.2, (y0 + y1) / 2 - 0.01, 0.32, 0.46, _cloth * 1.1f);
        _large.Box(CityMaterial.Fabric, x, x + 0.7, (y0 + y1) / 2 + 0.01, y1 - 0.2, 0.32, 0.46, _cloth * 1.1f);
        _large.Box(CityMaterial.Fabric, x + 0.7, x + 0.95, y0 + 0.2, y1 - 0.2, 0.32, 0.85, _cloth);
        _large.Box(CityMaterial.Fabric, x, x + 0.95, y0, y0 + 0.2, 0.32, 0.6, _cloth);
        _large.Box(CityMaterial.Fabric, x, x + 0.95, y1 - 0.2, y1, 0.32, 0.6, _cloth);
        _small.Box(CityMaterial.Fabric, x + 0.52, x + 0.68, y0 + 0.3, y0 + 0.7, 0.47, 0.8, _cloth2 * 1.3f);
        _small.Box(CityMaterial.Fabric, x + 0.52, x + 0.68, y1 - 0.7, y1 - 0.3, 0.47, 0.78, _cloth2);
    }

    private void Table(double x0, double x1, double y0, double y1, double height)
    {
        _large.Box(CityMaterial.Wood, x0, x1, y0, y1, height - 0.04, height, _wood, BoxFaces.All);
        for (var corner = 0; corner < 4; corner++)
        {
            var (x, y) = ((corner & 1) == 0 ? x0 + 0.04 : x1 - 0.09, (corner & 2) == 0 ? y0 + 0.04 : y1 - 0.09);
            _large.Box(CityMaterial.Wood, x, x + 0.05, y, y + 0.05, 0, height - 0.04, _wood * 0.9f, BoxFaces.Sides);
        }
    }

    private void Chair(double x, double y, bool isLeft)
    {
        _large.Box(CityMaterial.Wood, x, x + 0.42, y, y + 0.42, 0.43, 0.47, _wood, BoxFaces.All);
        for (var corner = 0; corner < 4; corner++)
            _large.Box(CityMaterial.Wood, x + ((corner & 1) == 0 ? 0 : 0.38), x + ((corner & 1) == 0 ? 0.04 : 0.42), y + ((corner & 2) == 0 ? 0 : 0.38), y + ((corner & 2) == 0 ? 0.04 : 0.42), 0, 0.43, _wood * 0.9f, BoxFaces.Sides);
        var back = isLeft ? x : x + 0.38;
        _large.Box(CityMaterial.Wood, back, back + 0.04, y, y + 0.42, 0.6, 0.92, _wood, BoxFaces.All);
        _large.Box(CityMaterial.Fabric, x + 0.02, x + 0.38, y + 0.02, y + 0.4, 0.47, 0.5, _cloth);
    }

    private void Shelf(double y0, double y1)
    {
        if (y1 - y0 < 0.6)
            return;
        _large.Box(CityMaterial.Wood, 0.01, 0.04, y0, y1, 0, 2, _wood * 0.8f);
        _large.Box(CityMaterial.Wood, 0.04, 0.36, y0, y0 + 0.03, 0, 2, _wood);
        _large.Box(CityMaterial.Wood, 0.04, 0.36, y1 - 0.03, y1, 0, 2, _wood);
        for (var level = 0; level < 6; level++)
            _large.Box(CityMaterial.Wood, 0.04, 0.36, y0 + 0.03, y1 - 0.03, level * 0.39, level * 0.39 + 0.03, _wood, BoxFaces.Right | BoxFaces.Top | BoxFaces.Bottom);
        for (var level = 0; level < 5; level++)
        {
            for (var y = y0 + 0.05; y < y1 - 0.35; y += 0.34)
            {
                if (_random.Chance(0.3))
                    continue;
                var height = 0.2 + 0.12 * _random.Next();
                _small.Box(CityMaterial.Fabric, 0.1, 0.32, y, y + 0.1 + 0.2 * _random.Next(), level * 0.39 + 0.03, level * 0.39 + 0.03 + height, Books[_random.Pick(Books.Length)] * 1.2f, BoxFaces.Right | BoxFaces.Top | BoxFaces.Front | BoxFaces.Back);
            }
        }
    }

    private void Rack(double x, double y0, double y1)
    {
        if (y1 - y0 < 0.8)
            return;
        for (var level = 0; level < 4; level++)
        {
            _large.Box(CityMaterial.Wood, x, x + 0.4, y0, y1, 0.25 + level * 0.5, 0.29 + level * 0.5, _wood, BoxFaces.All & ~BoxFaces.Right);
            for (var y = y0 + 0.1; y < y1 - 0.3; y += 0.42)
            {
                if (_random.Chance(0.75))
                    _small.Box(CityMaterial.Fabric, x + 0.08, x + 0.34, y, y + 0.18 + 0.14 * _random.Next(), 0.29 + level * 0.5, 0.45 + level * 0.5 + 0.14 * _random.Next(), Cloths[_random.Pick(Cloths.Length)] * 1.3f, BoxFaces.Left | BoxFaces.Top | BoxFaces.Front | BoxFaces.Back);
            }
        }
        _large.Box(CityMaterial.Metal, x, x + 0.4, y0, y0 + 0.04, 0, 1.95, Tints.Iron);
        _large.Box(CityMaterial.Metal, x, x + 0.4, y1 - 0.04, y1, 0, 1.95, Tints.Iron);
    }

    private void Bed(double x0, double x1, double y0, double y1)
    {
        _large.Box(CityMaterial.Wood, x0, x1, y0, y1, 0.08, 0.3, _wood);
        _large.Box(CityMaterial.Wood, x1 - 0.06, x1, y0 - 0.05, y1 + 0.05, 0, 1.05, _wood);
        _large.Box(CityMaterial.Fabric, x0 + 0.03, x1 - 0.08, y0 + 0.03, y1 - 0.03, 0.3, 0.5, White);
        _large.Box(CityMaterial.Fabric, x0 + 0.01, x1 - 0.7, y0 + 0.01, y1 - 0.01, 0.34, 0.54, _cloth * 1.2f);
        _small.Box(CityMaterial.Fabric, x1 - 0.55, x1 - 0.12, y0 + 0.1, (y0 + y1) / 2 - 0.05, 0.5, 0.6, White);
        _small.Box(CityMaterial.Fabric, x1 - 0.55, x1 - 0.12, (y0 + y1) / 2 + 0.05, y1 - 0.1, 0.5, 0.6, White);
    }

    private void Nightstand(double x, double y)
    {
        _large.Box(CityMaterial.Wood, x, x + 0.42, y, y + 0.4, 0, 0.5, _wood);
        _small.Column(CityMaterial.Metal, x + 0.21, y + 0.2, 0.5, 0.72, 0.02, 0.02, Steel, Steel);
        _small.Column(CityMaterial.Fabric, x + 0.21, y + 0.2, 0.7, 0.92, 0.13, 0.08, White, White);
    }

    private void Counter()
    {
        var (x, end) = (_width - 0.62, _depth - 0.9);
        _large.Box(CityMaterial.Paint, x, _width - 0.02, 1, end, 0, 0.86, _cloth * 1.5f);
        _large.Box(CityMaterial.Stone, x - 0.03, _width - 0.02, 1, end, 0.86, 0.9, Tints.None * 0.6f);
        _large.Box(CityMaterial.Paint, _width - 0.38, _width - 0.02, 1.7, end, 1.5, 2.2, White, BoxFaces.All);
        _large.Box(CityMaterial.Metal, x, _width - 0.02, 0.3, 0.95, 0, 1.9, Steel);
        _small.Box(CityMaterial.Metal, x + 0.1, x + 0.45, 2.4, 2.9, 0.9, 0.905, Steel * 0.7f);
        _small.Column(CityMaterial.Metal, x + 0.5, 2.65, 0.9, 1.2, 0.02, 0.02, Steel, Steel);
        _small.Box(CityMaterial.Glass, x + 0.06, x + 0.5, 3.3, 3.9, 0.9, 0.91, Tints.None * 0.15f);
        _small.Column(CityMaterial.Metal, x + 0.3, 3.5, 0.91, 1.05, 0.12, 0.12, Steel, Steel);
        for (var y = 1.25; y < end - 0.2; y += 0.6)
            _small.Box(CityMaterial.Metal, x - 0.02, x, y, y + 0.16, 0.7, 0.72, Steel, BoxFaces.All);
    }

    private void Desk(double x, double y)
    {
        Table(x, x + 1.5, y, y + 0.75, 0.74);
        _large.Box(CityMaterial.Fabric, x + 0.5, x + 1, y + 0.95, y + 1.4, 0.42, 0.5, _cloth);
        _large.Box(CityMaterial.Fabric, x + 0.52, x + 0.98, y + 1.36, y + 1.42, 0.55, 1.05, _cloth, BoxFaces.All);
        _large.Column(CityMaterial.Metal, x + 0.75, y + 1.18, 0.02, 0.42, 0.04, 0.04, Tints.Iron, Tints.Iron);
        _large.Box(CityMaterial.Metal, x + 0.5, x + 1, y + 1.14, y + 1.22, 0, 0.05, Tints.Iron);
        _small.Box(CityMaterial.Metal, x + 0.45, x + 1.05, y + 0.14, y + 0.17, 0.86, 1.2, Tints.Iron * 0.6f, BoxFaces.All);
        _small.Box(CityMaterial.Metal, x + 0.7, x + 0.8, y + 0.1, y + 0.25, 0.74, 0.87, Tints.Iron);
        _small.Box(CityMaterial.Paint, x + 0.5, x + 1, y + 0.42, y + 0.58, 0.74, 0.755, Tints.None * 0.5f);
        Cup(x + 0.2, y + 0.3, 0.74);
        Book(x + 1.2, y + 0.35, 0.74);
    }

    private void Cup(double x, double y, double h) => _small.Column(CityMaterial.Paint, x, y, h, h + 0.1, 0.035, 0.045, _cloth2 * 1.5f, White);

    private void Plate(double x, double y, double h) => _small.Disc(CityMaterial.Paint, x, y, h + 0.012, 0.12, White);

    private void Book(double x, double y, double h) => _small.Box(CityMaterial.Fabric, x, x + 0.16, y, y + 0.22, h, h + 0.03, Books[_random.Pick(Books.Length)] * 1.3f);

    private void Picture(double y0, double y1, double h)
    {
        if (y1 > _depth - 0.2)
            return;
        _small.Box(CityMaterial.Wood, _width - 0.04, _width - 0.005, y0, y1, h, h + 0.7, Dark, BoxFaces.All & ~BoxFaces.Right);
        var (mesh, f, a, b) = (_small.Mesh, _small.Frame, _cloth * 1.5f, _cloth2 * 1.6f);
        mesh.Quad(CityMaterial.Fabric, f.Point(_width - 0.045, y1 - 0.06, h + 0.06), f.Point(_width - 0.045, y0 + 0.06, h + 0.06), f.Point(_width - 0.045, y0 + 0.06, h + 0.64), f.Point(_width - 0.045, y1 - 0.06, h + 0.64), a, b, White, b * 0.7f);
    }

    private void Curtains()
    {
        var tint = _cloth2 * 1.5f;
        foreach (var x in (ReadOnlySpan<double>)[0.05, _width - 0.4])
        {
            for (var i = 0; i < 3; i++)
                _large.Box(CityMaterial.Fabric, x + i * 0.12, x + i * 0.12 + 0.1, _depth - 0.1 - 0.04 * (i & 1), _depth - 0.04 - 0.04 * (i & 1), 0.06, _ceiling - 0.15, tint * (1 - 0.08f * (i & 1)), BoxFaces.Front | BoxFaces.Left | BoxFaces.Right);
        }
    }

    private void FloorLamp(double x, double y)
    {
        _large.Disc(CityMaterial.Metal, x, y, 0.03, 0.16, Tints.Iron);
        _large.Column(CityMaterial.Metal, x, y, 0, 1.4, 0.02, 0.02, Tints.Iron, Tints.Iron);
        _large.Column(CityMaterial.Fabric, x, y, 1.35, 1.7, 0.22, 0.14, White, White);
    }

    private void CeilingLamp()
    {
        var (x, y) = (_width / 2, Math.Max(DoorZone, _depth / 2));
        _large.Column(CityMaterial.Metal, x, y, _ceiling - 0.5, _ceiling, 0.012, 0.012, Tints.Iron, Tints.Iron);
        _large.Column(CityMaterial.Paint, x, y, _ceiling - 0.72, _ceiling - 0.48, 0.26, 0.05, White, White);
    }

    private void Plant(double x, double y, double height)
    {
        _large.Column(CityMaterial.Stone, x, y, 0, 0.34, 0.14, 0.19, Tints.Hex(0xD08A63), Tints.Hex(0xD08A63));
        _large.Disc(CityMaterial.Ground, x, y, 0.31, 0.18, Tints.Hex(0x4A3A2C));
        _large.Column(CityMaterial.Wood, x, y, 0.3, height * 0.6, 0.025, 0.02, Tints.None * 0.6f, Tints.None * 0.6f);
        Foliage(_large, x, y, height * 0.5, height * 0.3);
    }

    private static void Foliage(Pen pen, double x, double y, double h, double radius) =>
        TreeDrawing.Blob(pen.Mesh, pen.Frame.Point(x, y, h + radius * 0.9), radius, 1.15, 0, 1.2f, Tints.None);
}
