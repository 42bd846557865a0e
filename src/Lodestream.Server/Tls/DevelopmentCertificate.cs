using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Lodestream.Server.Tls;

/// <summary>A certificate for this machine alone, which vouches for itself: browsers warn once, or trust it when told to.</summary>
internal static class DevelopmentCertificate
{
    private const string FileName = "development.pfx";

    /// <summary>Browsers refuse certificates that are valid for longer than 398 days.</summary>
    private static readonly TimeSpan Validity = TimeSpan.FromDays(365);

    /// <summary>A certificate that would expire within this is replaced.</summary>
    private static readonly TimeSpan MinRest = TimeSpan.FromDays(7);

    /// <summary>The certificate kept in a folder, or a new one.</summary>
    /// <param name="directory">The folder, or null to keep it nowhere.</param>
    /// <param name="now">The present.</param>
    /// <exception cref="ServeException">The folder cannot be written.</exception>
    public static X509Certificate2 GetOrCreate(string? directory, DateTimeOffset now)
    {
        if (directory is null)
            return Load(Create(now));
        var path = Path.Combine(directory, FileName);
        if (TryLoad(path) is { } kept)
        {
            if (kept.HasPrivateKey && kept.NotBefore.ToUniversalTime() <= now && kept.NotAfter.ToUniversalTime() > now + MinRest)
                return kept;
            kept.Dispose();
        }

        var pfx = Create(now);
        try
        {
            Write(directory, path, pfx);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ServeException($"{path}: the development certificate cannot be kept: {e.Message}", e);
        }

        return Load(pfx);
    }

    private static byte[] Create(DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost, O=Lodestream development", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1", "server authentication")], critical: false));
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now + Validity);
        return certificate.Export(X509ContentType.Pfx);
    }

    private static X509Certificate2 Load(byte[] pfx) => X509CertificateLoader.LoadPkcs12(pfx, null);

    private static X509Certificate2? TryLoad(string path)
    {
        try
        {
            return File.Exists(path) ? X509CertificateLoader.LoadPkcs12FromFile(path, null) : null;
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            return null; // damaged or another's: it is made anew
        }
    }

    /// <summary>The key is for its owner's eyes, from the first byte; and a file is whole or not there.</summary>
    private static void Write(string directory, string path, byte[] pfx)
    {
        Directory.CreateDirectory(directory);
        var temporary = path + "." + Path.GetRandomFileName();
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new FileStream(temporary, options))
            file.Write(pfx);
        File.Move(temporary, path, overwrite: true);
    }
}
