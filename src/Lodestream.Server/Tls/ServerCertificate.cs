using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Lodestream.Server.Configuration;

namespace Lodestream.Server.Tls;

/// <summary>The certificate a server shows, with the chain below it.</summary>
internal static class ServerCertificate
{
    /// <summary>Finds or makes the certificate the options mean.</summary>
    /// <exception cref="ServeException">A file is absent, is no certificate, has no private key or needs another password; the message names it.</exception>
    public static SslStreamCertificateContext Load(TlsOptions options, TimeProvider clock)
    {
        if (options.CertificateFile is not { } file)
            return SslStreamCertificateContext.Create(DevelopmentCertificate.GetOrCreate(options.DevelopmentCertificateDirectory, clock.GetUtcNow()), null, offline: true);
        try
        {
            return IsPem(file) ? LoadPem(file, options) : LoadPfx(file, options.Password);
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new ServeException($"{file}: {e.Message}", e);
        }
    }

    /// <summary>A PEM file says so in its first lines; everything else is taken for PFX.</summary>
    private static bool IsPem(string file) => File.ReadLines(file, System.Text.Encoding.Latin1).Take(100).Any(line => line.StartsWith("-----BEGIN ", StringComparison.Ordinal));

    private static SslStreamCertificateContext LoadPem(string file, TlsOptions options)
    {
        if (options.KeyFile is { } missing && !File.Exists(missing))
            throw new ServeException($"{missing}: no such file");
        using var certificate = options.Password is { } password
            ? X509Certificate2.CreateFromEncryptedPemFile(file, password, options.KeyFile ?? file)
            : X509Certificate2.CreateFromPemFile(file, options.KeyFile ?? file);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(file);

        // A key that was only read from PEM cannot be used by every platform's TLS; one that came in a PFX can.
        var usable = X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), null);
        return SslStreamCertificateContext.Create(usable, chain, offline: true);
    }

    private static SslStreamCertificateContext LoadPfx(string file, string? password)
    {
        var all = X509CertificateLoader.LoadPkcs12CollectionFromFile(file, password);
        var certificate = all.FirstOrDefault(each => each.HasPrivateKey) ?? throw new ServeException($"{file}: no private key in it");
        return SslStreamCertificateContext.Create(certificate, all, offline: true);
    }
}
