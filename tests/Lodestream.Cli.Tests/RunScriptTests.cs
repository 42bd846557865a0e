using System.Diagnostics;
using System.Runtime.Versioning;
using Lodestream.Cli.Tests.Fixtures;
using Lodestream.Tests.Shared;

namespace Lodestream.Cli.Tests;

/// <summary><c>./run</c> and <c>./test</c> on a machine that lacks what they need.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class RunScriptTests : IDisposable
{
    private static readonly string[] BasicTools = ["bash", "cut", "dirname", "paste"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [UnixTheory]
    [InlineData("run")]
    [InlineData("test")]
    public async Task Without_the_SDK_they_say_which_one_is_needed_and_do_nothing(string script) =>
        AssertRefused(await RunAsync(script, BasicTools), "Lodestream needs the .NET SDK 10.0");

    [UnixTheory]
    [InlineData("run")]
    [InlineData("test")]
    public async Task An_SDK_that_does_not_fit_is_named_beside_the_one_needed(string script)
    {
        Fake("dotnet", "case $1 in --list-sdks) echo '9.0.100 [/sdk]'; echo '8.0.400 [/sdk]';; *) exit 145;; esac");
        AssertRefused(await RunAsync(script, BasicTools), "10.0.4xx; installed: 9.0.100 8.0.400");
    }

    [UnixTheory]
    [InlineData("run")]
    [InlineData("test")]
    public async Task Without_Node_they_say_so(string script)
    {
        Fake("dotnet", "exit 0");
        AssertRefused(await RunAsync(script, BasicTools), "Lodestream needs Node.js 20 or later");
    }

    [UnixTheory]
    [InlineData("run")]
    [InlineData("test")]
    public async Task A_Node_too_old_is_named(string script)
    {
        Fake("dotnet", "exit 0");
        Fake("npm", "exit 0");
        Fake("node", "case $1 in -p) echo 18;; *) echo v18.1.0;; esac");
        AssertRefused(await RunAsync(script, BasicTools), "installed: v18.1.0");
    }

    private static void AssertRefused(Ended ended, string message)
    {
        Assert.Equal(2, ended.ExitCode);
        Assert.Empty(ended.Out);
        Assert.Contains(message, Assert.Single(ended.ErrorLines), StringComparison.Ordinal);
    }

    /// <summary>Runs a copy of the script, in a folder where anything it did would be seen.</summary>
    private async Task<Ended> RunAsync(string script, string[] tools)
    {
        var bin = Directory.CreateDirectory(_folder.At("bin")).FullName;
        foreach (var tool in tools)
            File.CreateSymbolicLink(Path.Combine(bin, tool), FindOnPath(tool));
        var repository = Directory.CreateDirectory(_folder.At("repository", "eng")).Parent!.FullName;
        foreach (var file in new[] { script, "eng/toolchain.sh", "eng/tests.sh" })
            File.Copy(Path.Combine(RepositoryRoot.Path, file), Path.Combine(repository, file));
        var before = Directory.GetFileSystemEntries(repository, "*", SearchOption.AllDirectories);

        using var process = new Process
        {
            StartInfo = new ProcessStartInfo(Path.Combine(bin, "bash"), [Path.Combine(repository, script)])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        process.StartInfo.Environment["PATH"] = bin;
        process.Start();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();

        Assert.Equal(before, Directory.GetFileSystemEntries(repository, "*", SearchOption.AllDirectories));
        return new Ended(process.ExitCode, await output, await error);
    }

    private void Fake(string tool, string body)
    {
        var path = _folder.Write(Path.Combine("bin", tool), $"#!{FindOnPath("bash")}\n{body}\n");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    private static string FindOnPath(string tool) => Environment.GetEnvironmentVariable("PATH")!
        .Split(Path.PathSeparator)
        .Select(folder => Path.Combine(folder, tool))
        .First(File.Exists);

    [AttributeUsage(AttributeTargets.Method)]
    private sealed class UnixTheoryAttribute : TheoryAttribute
    {
        public UnixTheoryAttribute()
        {
            if (OperatingSystem.IsWindows())
                Skip = "the scripts are for Unix shells";
        }
    }
}
