namespace Lodestream.Server.Configuration;

/// <summary>HTTPS, and with it HTTP/2: browsers speak it over TLS alone.</summary>
public sealed class TlsOptions
{
    /// <summary>
    /// A certificate in a file: PEM (with its chain, and its key unless <see cref="KeyFile"/> names one) or PFX. Null: a development
    /// certificate for this machine, made when first needed and kept in <see cref="DevelopmentCertificateDirectory"/>.
    /// </summary>
    public string? CertificateFile { get; init; }

    /// <summary>The PEM file of the certificate's private key, or null if it lies in the certificate's file.</summary>
    public string? KeyFile { get; init; }

    /// <summary>The password of the key or of the PFX file, or null.</summary>
    public string? Password { get; init; }

    /// <summary>The folder that keeps the development certificate from one start to the next; null keeps it in memory only.</summary>
    public string? DevelopmentCertificateDirectory { get; init; }
}
