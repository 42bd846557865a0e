namespace Lodestream.Geometry;

/// <summary>The WGS 84 ellipsoid: geodetic coordinates to and from earth-centred, earth-fixed (ECEF) metres.</summary>
public static class Ellipsoid
{
    /// <summary>Semi-major axis of WGS 84 in metres.</summary>
    public const double SemiMajor = 6378137.0;

    /// <summary>Semi-minor axis of WGS 84 in metres.</summary>
    public const double SemiMinor = 6356752.3142451793;

    private const double EccentricitySquared = 1 - SemiMinor * SemiMinor / (SemiMajor * SemiMajor);

    /// <summary>Geodetic longitude and latitude in radians and height in metres, to ECEF metres.</summary>
    public static Vector3d ToCartesian(double longitude, double latitude, double height) => ToCartesian(Up(longitude, latitude), height);

    // From the ellipsoid's outward normal at a place, so that callers who visit a grid take each sine once.
    internal static Vector3d ToCartesian(Vector3d up, double height)
    {
        var n = SemiMajor / Math.Sqrt(1 - EccentricitySquared * up.Z * up.Z);
        return new((n + height) * up.X, (n + height) * up.Y, (n * (1 - EccentricitySquared) + height) * up.Z);
    }

    /// <summary>The outward normal of the ellipsoid at a longitude and latitude in radians.</summary>
    public static Vector3d Up(double longitude, double latitude)
    {
        var cos = DeterministicMath.Cos(latitude);
        return new(cos * DeterministicMath.Cos(longitude), cos * DeterministicMath.Sin(longitude), DeterministicMath.Sin(latitude));
    }

    /// <summary>Unit vectors east, north and up at a longitude and latitude in radians.</summary>
    public static (Vector3d East, Vector3d North, Vector3d Up) EastNorthUp(double longitude, double latitude)
    {
        var up = Up(longitude, latitude);
        var east = new Vector3d(-DeterministicMath.Sin(longitude), DeterministicMath.Cos(longitude), 0);
        return (east, Vector3d.Cross(up, east), up);
    }

    /// <summary>ECEF metres to geodetic longitude and latitude in radians and height in metres (Bowring's iteration).</summary>
    public static (double Longitude, double Latitude, double Height) ToGeodetic(Vector3d p)
    {
        var longitude = DeterministicMath.Atan2(p.Y, p.X);
        var rho = Math.Sqrt(p.X * p.X + p.Y * p.Y);
        var latitude = DeterministicMath.Atan2(p.Z, rho * (1 - EccentricitySquared));
        var height = 0.0;
        for (var i = 0; i < 6; i++)
        {
            var sin = DeterministicMath.Sin(latitude);
            var cos = DeterministicMath.Cos(latitude);
            var n = SemiMajor / Math.Sqrt(1 - EccentricitySquared * sin * sin);
            height = rho * cos + p.Z * sin - SemiMajor * SemiMajor / n;
            latitude = DeterministicMath.Atan2(p.Z, rho * (1 - EccentricitySquared * n / (n + height)));
        }
        return (longitude, latitude, height);
    }
}
