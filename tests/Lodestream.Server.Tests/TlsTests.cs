using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Lodestream.Server.Configuration;
using Lodestream.Server.Tests.Fixtures;

namespace Lodestream.Server.Tests;

/// <summary>HTTPS with an own or a development certificate.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public TlsTests() => _folder.WriteTileset("scene/tileset.json");

    private string Certificates => Path.Combine(_folder.Path, "tls");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Clients_that_can_get_HTTP_2_and_others_HTTP_1()
    {
        await using var server = await ServeAsync(new() { DevelopmentCertificateDirectory = Certificates });
        Assert.Equal("https", server.Url.Scheme);
        foreach (var version in new[] { HttpVersion.Version20, HttpVersion.Version11 })
        {
            var (answer, _) = await GetAsync(server, version);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal(version, answer.Version);
            Assert.NotNull(answer.Headers.ETag);
        }
    }

    [Fact]
    public async Task The_development_certificate_is_for_this_machine_alone_and_kept_for_its_owners_eyes()
    {
        string first;
        await using (var server = await ServeAsync(new() { DevelopmentCertificateDirectory = Certificates }))
        {
            var (_, certificate) = await GetAsync(server);
            first = certificate.Thumbprint;
            Assert.True(certificate.MatchesHostname("localhost"));
            Assert.True(certificate.MatchesHostname("127.0.0.1"));
            Assert.False(certificate.MatchesHostname("example.org"));
            Assert.InRange(certificate.NotAfter - certificate.NotBefore, TimeSpan.FromDays(300), TimeSpan.FromDays(397));
            if (!OperatingSystem.IsWindows())
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Assert.Single(Directory.GetFiles(Certificates))));
        }

        await using (var again = await ServeAsync(new() { DevelopmentCertificateDirectory = Certificates }))
            Assert.Equal(first, (await GetAsync(again)).Certificate.Thumbprint);
    }

    [Fact]
    public async Task A_development_certificate_about_to_expire_or_damaged_is_replaced()
    {
        var clock = new ManualClock();
        clock.Advance(TimeSpan.FromDays(-363));
        string old;
        await using (var server = await ServeAsync(new() { DevelopmentCertificateDirectory = Certificates }, clock))
            old = (await GetAsync(server)).Certificate.Thumbprint;
        string renewed;
        await using (var server = await ServeAsync(new() { DevelopmentCertificateDirectory = Certificates }))
            renewed = (await GetAsync(server)).Certificate.Thumbprint;
        Assert.NotEqual(old, renewed);
        await File.WriteAllTextAsync(Assert.Single(Directory.GetFiles(Certificates)), "damaged");
        await using (var server = await ServeAsync(new() { DevelopmentCertificateDirectory = Certificates }))
            Assert.NotEqual(renewed, (await GetAsync(server)).Certificate.Thumbprint);
    }

    [Theory]
    [InlineData("one PEM file")]
    [InlineData("two PEM files")]
    [InlineData("encrypted key")]
    [InlineData("PFX")]
    [InlineData("PFX with password")]
    public async Task An_own_certificate_is_shown(string form)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=own.example", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var pem = certificate.ExportCertificatePem() + "\n";
        var options = form switch
        {
            "one PEM file" => new TlsOptions { CertificateFile = Write("own.pem", pem + key.ExportPkcs8PrivateKeyPem()) },
            "two PEM files" => new TlsOptions { CertificateFile = Write("own.crt", pem), KeyFile = Write("own.key", key.ExportRSAPrivateKeyPem()) },
            "encrypted key" => new TlsOptions
            {
                CertificateFile = Write("own.crt", pem),
                KeyFile = Write("own.key", key.ExportEncryptedPkcs8PrivateKeyPem("secret", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000))),
                Password = "secret",
            },
            "PFX" => new TlsOptions { CertificateFile = _folder.Write("own.pfx", certificate.Export(X509ContentType.Pfx)) },
            _ => new TlsOptions { CertificateFile = _folder.Write("own.pfx", certificate.Export(X509ContentType.Pfx, "secret")), Password = "secret" },
        };
        await using var server = await ServeAsync(options);
        Assert.Equal(certificate.Thumbprint, (await GetAsync(server)).Certificate.Thumbprint);
    }

    [Theory]
    [InlineData("absent.pem", null)]
    [InlineData("nonsense.pem", "nonsense")]
    [InlineData("empty.pem", "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n")]
    public async Task A_certificate_that_cannot_be_used_is_an_error_that_names_it(string name, string? content)
    {
        var path = content is null ? Path.Combine(_folder.Path, name) : Write(name, content);
        var e = await Assert.ThrowsAsync<ServeException>(() => ServeAsync(new() { CertificateFile = path }));
        Assert.StartsWith(path + ": ", e.Message, StringComparison.Ordinal);
    }

    private string Write(string name, string text) => _folder.Write(name, System.Text.Encoding.ASCII.GetBytes(text));

    private Task<RunningServer> ServeAsync(TlsOptions tls, TimeProvider? clock = null) => RunningServer.StartAsync(
        new() { Paths = [Path.Combine(_folder.Path, "scene")], Port = 0, Tls = tls, TimeProvider = clock ?? TimeProvider.System });

    private static async Task<(HttpResponseMessage Answer, X509Certificate2 Certificate)> GetAsync(RunningServer server, Version? version = null)
    {
        X509Certificate2? shown = null;
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
        {
            shown = X509CertificateLoader.LoadCertificate(certificate!.GetRawCertData());
            return (errors & System.Net.Security.SslPolicyErrors.RemoteCertificateNotAvailable) == 0; // nobody vouches for them; what matters is which was shown
        };
        using var client = new HttpClient(handler);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.Url, "tilesets")) { Version = version ?? HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        return (await client.SendAsync(request), shown!);
    }
}
