using System.CommandLine;
using Lodestream.Fuzz;

var seconds = new Option<double>("--seconds") { Description = "How long.", DefaultValueFactory = _ => 60 };
var minutes = new Option<double?>("--minutes") { Description = "How long; goes before --seconds." };
var seed = new Option<ulong?>("--seed") { Description = "Seed of the first input; the next ones follow from it. By default a fresh one." };
var only = new Option<FileInfo?>("--only") { Description = "Judge this saved input alone, and say what came of it." };
var target = new Option<string?>("--target") { Description = "Only this parser. With --only: where the file's name does not begin with it." };
var threads = new Option<int>("--threads") { Description = "How many inputs at a time.", DefaultValueFactory = _ => Environment.ProcessorCount };
var keep = new Option<bool>("--keep-going") { Description = "Go on after a find." };
var root = new RootCommand("Damages real and written files at random and gives them to every parser: an error with its place is the only way to refuse them.") { seconds, minutes, seed, only, target, threads, keep };
root.SetAction(result =>
{
    if (result.GetValue(only) is { } file)
        return FuzzRun.Repeat(file, result.GetValue(target));
    var run = new FuzzRun(result.GetValue(seed) ?? (ulong)Random.Shared.NextInt64(), result.GetValue(target), result.GetValue(keep));
    return run.Run(TimeSpan.FromSeconds(result.GetValue(minutes) * 60 ?? result.GetValue(seconds)), Math.Max(1, result.GetValue(threads)));
});
return root.Parse(args).Invoke();
