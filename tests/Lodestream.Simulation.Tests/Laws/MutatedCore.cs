using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Lodestream.Simulation.Tests.Laws;

/// <summary>
/// The core, compiled from its sources with a piece of one file changed, and the simulator running on it. So the mutants are those of the
/// real stages, and the core needs no seams for them.
/// </summary>
internal sealed class MutatedCore : AssemblyLoadContext
{
    private static readonly Lazy<Dictionary<string, SyntaxTree>> Sources = new(Parse);

    private readonly Assembly _core;
    private readonly MethodInfo _fromSeed, _run;
    private readonly Type _verdict;

    /// <summary>Compiles a mutant; the core as it is when nothing is to be replaced.</summary>
    /// <param name="file">The file, below the core's folder.</param>
    /// <param name="original">What is replaced; it must be there exactly once.</param>
    /// <param name="replacement">What it is replaced by.</param>
    public MutatedCore(string? file = null, string original = "", string replacement = "")
        : base("mutated core", isCollectible: true)
    {
        using var image = Compile(file, original, replacement);
        _core = LoadFromStream(image);
        var simulation = LoadFromAssemblyPath(typeof(Simulation.Scenarios.Trial).Assembly.Location);
        _fromSeed = simulation.GetType("Lodestream.Simulation.Scenarios.RandomScenario", throwOnError: true)!.GetMethod("FromSeed")!;
        _run = simulation.GetType("Lodestream.Simulation.Scenarios.Trial", throwOnError: true)!.GetMethod("Run")!;
        _verdict = simulation.GetType("Lodestream.Simulation.Scenarios.Verdict", throwOnError: true)!;
    }

    /// <summary>Runs a random scenario on this core.</summary>
    /// <returns>The breaches, by name, in the order in which they were first found; a crash as its exception's name.</returns>
    public string[] Judge(ulong seed, bool twice)
    {
        var verdict = _run.Invoke(null, [_fromSeed.Invoke(null, [seed]), twice, null, CancellationToken.None]);
        if (_verdict.GetProperty("Crash")!.GetValue(verdict) is Exception crash)
            return [crash.GetType().Name];
        var report = _verdict.GetProperty("Report")!.GetValue(verdict)!;
        var firsts = (System.Collections.IEnumerable)report.GetType().GetProperty("Firsts")!.GetValue(report)!;
        return [.. firsts.Cast<object>().Select(first => first.GetType().GetProperty("Breach")!.GetValue(first)!.ToString()!)];
    }

    protected override Assembly? Load(AssemblyName assemblyName) => assemblyName.Name == "Lodestream" ? _core : null;

    private static MemoryStream Compile(string? file, string original, string replacement)
    {
        var trees = new Dictionary<string, SyntaxTree>(Sources.Value);
        if (file is not null)
        {
            var text = trees[file].ToString();
            var at = text.IndexOf(original, StringComparison.Ordinal);
            if (at < 0 || text.IndexOf(original, at + 1, StringComparison.Ordinal) >= 0)
                throw new InvalidOperationException($"{file} does not hold '{original}' exactly once: the core changed, let the mutant follow it.");
            trees[file] = CSharpSyntaxTree.ParseText(text.Replace(original, replacement, StringComparison.Ordinal), ParseOptions, file);
        }
        var references = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(path => Path.GetFileName(path).StartsWith("System.", StringComparison.Ordinal) || Path.GetFileName(path) is "mscorlib.dll" or "netstandard.dll")
            .Select(path => MetadataReference.CreateFromFile(path));
        var options = new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release, allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable);
        var image = new MemoryStream();
        var result = CSharpCompilation.Create("Lodestream", trees.Values, references, options).Emit(image);
        if (!result.Success)
            throw new InvalidOperationException("The mutant does not compile: " + string.Join('\n', result.Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error)));
        image.Position = 0;
        return image;
    }

    private static CSharpParseOptions ParseOptions { get; } = new(LanguageVersion.Latest);

    private static Dictionary<string, SyntaxTree> Parse()
    {
        const string usings = """
            global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq;
            global using System.Net.Http; global using System.Threading; global using System.Threading.Tasks;
            [assembly: System.Reflection.AssemblyVersion("0.1.0.0")]
            """;
        var folder = SourceFolder();
        var trees = new Dictionary<string, SyntaxTree> { [""] = CSharpSyntaxTree.ParseText(usings, ParseOptions) };
        foreach (var path in Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories))
        {
            var name = Path.GetRelativePath(folder, path).Replace('\\', '/');
            if (!name.StartsWith("obj/", StringComparison.Ordinal) && !name.StartsWith("bin/", StringComparison.Ordinal))
                trees[name] = CSharpSyntaxTree.ParseText(File.ReadAllText(path), ParseOptions, name);
        }
        return trees;
    }

    private static string SourceFolder([CallerFilePath] string here = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", "..", "src", "Lodestream"));
}
