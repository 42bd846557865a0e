using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.IO.MemoryMappedFiles;
using System.Security.Cryptography;
using Lodestream.Fuzz.Targets;

namespace Lodestream.Fuzz;

/// <summary>
/// Makes broken inputs on all cores until the time is up or one is found that a parser does not take well. What is found is saved with the
/// parser's name before it; an input that ends the process is left in the same folder by the worker that had it.
/// </summary>
internal sealed class FuzzRun(ulong seed, string? only, bool keepGoing)
{
    // An input is under a megabyte; on a busy machine a thread may wait for its core, so what takes too long is timed again.
    private static readonly TimeSpan LongestParse = TimeSpan.FromSeconds(2), CertainHang = TimeSpan.FromSeconds(20);

    // Less than workers and browsers have: recursion without bound shows.
    private const int StackBytes = 512 << 10;

    private readonly string _folder = Directory.CreateTempSubdirectory("lodestream-fuzz-").FullName;
    private readonly ConcurrentDictionary<string, long> _finds = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, (long Inputs, long Refused, long Ticks)> _tallies = new(StringComparer.Ordinal);
    private long _next = -1, _inputs;
    private volatile bool _over;

    /// <summary>Runs.</summary>
    /// <param name="time">How long.</param>
    /// <param name="threads">How many inputs at a time.</param>
    /// <returns>The exit code: 1 where something was found.</returns>
    public int Run(TimeSpan time, int threads)
    {
        Console.WriteLine($"fuzz: seed {seed}, what is found is kept in {_folder}");
        var targets = AllTargets.Make(_folder).Where(target => only is null || target.Name == only).ToList();
        if (targets.Count == 0)
        {
            Console.WriteLine($"fuzz: no parser is called {only}");
            return 2;
        }
        var chosen = targets.SelectMany(target => Enumerable.Repeat(target, target.Weight)).ToList();
        var mutators = targets.ToDictionary(target => target, target => new Mutator(target.Seeds));
        foreach (var target in targets)
            Judged(target);
        var start = Stopwatch.GetTimestamp();
        using var stop = new Timer(_ => _over = true, null, time, Timeout.InfiniteTimeSpan);
        var workers = Enumerable.Range(0, threads).Select(number => new Worker(Path.Combine(_folder, $"running-{number}"))).ToList();
        var running = workers.Select(worker => new Thread(() => Work(worker, chosen, mutators), StackBytes) { IsBackground = true }).ToList();
        running.ForEach(thread => thread.Start());
        while (running.Any(thread => !thread.Join(100)))
        {
            if (workers.FirstOrDefault(worker => worker.Busy > CertainHang) is { } hanging)
            {
                Report(hanging.Target!, hanging.Bytes!, new($"takes more than {CertainHang.TotalSeconds} s", ""));
                return 1;
            }
        }
        workers.ForEach(worker => worker.Dispose());
        Summarise(Stopwatch.GetElapsedTime(start));
        if (_finds.IsEmpty)
            Directory.Delete(_folder, recursive: true);
        return _finds.IsEmpty ? 0 : 1;
    }

    /// <summary>Judges a saved input.</summary>
    /// <param name="file">The file.</param>
    /// <param name="name">The parser's name; null where the file's begins with it.</param>
    public static int Repeat(FileInfo file, string? name)
    {
        var bytes = File.ReadAllBytes(file.FullName);
        if (Worker.Unpack(bytes) is { } left)
            (name, bytes) = left;
        var temporary = Directory.CreateTempSubdirectory("lodestream-fuzz-").FullName;
        try
        {
            name ??= file.Name.Split('-')[0];
            if (AllTargets.Make(temporary).Find(target => target.Name == name) is not { } target)
            {
                Console.WriteLine($"fuzz: no parser is called {name}");
                return 2;
            }
            var start = Stopwatch.GetTimestamp();
            var find = Judge.Try(target, bytes, out var refused);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"fuzz: {target.Name}, {bytes.Length} bytes, {(refused ? "refused" : "taken")} in {Stopwatch.GetElapsedTime(start).TotalMilliseconds:F0} ms: {find?.What ?? "all is well"}"));
            if (find is not null)
                Console.WriteLine(find.Details);
            return find is null ? 0 : 1;
        }
        finally
        {
            Directory.Delete(temporary, recursive: true);
        }
    }

    // Sound files first: what is wrong with those is wrong without any luck.
    private void Judged(FuzzTarget target)
    {
        foreach (var sound in target.Seeds)
        {
            if (Judge.Try(target, sound, out _) is { } find)
                Report(target, sound, find);
        }
    }

    private void Work(Worker worker, List<FuzzTarget> chosen, Dictionary<FuzzTarget, Mutator> mutators)
    {
        while (!_over)
        {
            var number = (ulong)Interlocked.Increment(ref _next);
            var random = new Random(HashOf(seed, number));
            var target = chosen[random.Next(chosen.Count)];
            var bytes = mutators[target].Make(random);
            worker.Begin(target, bytes);
            var find = Judge.Try(target, bytes, out var refused);
            var took = worker.End();
            Interlocked.Increment(ref _inputs);
            _tallies.AddOrUpdate(target.Name, (1, refused ? 1 : 0, took.Ticks), (_, old) => (old.Inputs + 1, old.Refused + (refused ? 1 : 0), old.Ticks + took.Ticks));
            if (find is null && took > LongestParse && ShortestOf(3, target, bytes) is var shortest && shortest > LongestParse)
                find = new(string.Create(CultureInfo.InvariantCulture, $"takes {shortest.TotalSeconds:F1} s for {bytes.Length} bytes"), "");
            if (find is null)
                continue;
            Report(target, bytes, find);
            _over |= !keepGoing;
        }
    }

    private static TimeSpan ShortestOf(int times, FuzzTarget target, byte[] bytes) => Enumerable.Range(0, times).Min(_ =>
    {
        var start = Stopwatch.GetTimestamp();
        Judge.Try(target, bytes, out var _);
        return Stopwatch.GetElapsedTime(start);
    });

    // Each kind once: what one flaw finds, it finds a thousand times.
    private void Report(FuzzTarget target, byte[] bytes, Find find)
    {
        var kind = $"{target.Name} {PlaceIn(find.Details) ?? new string([.. find.What.Where(c => !char.IsAsciiDigit(c))])}";
        if (_finds.AddOrUpdate(kind, 1, (_, times) => times + 1) > 1)
            return;
        var file = Path.Combine(_folder, $"{target.Name}-{Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 6))}.bin");
        File.WriteAllBytes(file, bytes);
        lock (Console.Out)
        {
            Console.WriteLine($"fuzz: {target.Name}, {bytes.Length} bytes: {find.What}");
            Console.WriteLine($"      again: dotnet run --project bench/Lodestream.Fuzz -c Release -- --only {file}");
            if (find.Details.Length > 0)
                Console.WriteLine(string.Join('\n', find.Details.Split('\n').Take(12)));
        }
    }

    // Where an exception came from is what tells flaws apart.
    private static string? PlaceIn(string trace) =>
        trace.Split('\n').FirstOrDefault(line => line.Contains("   at Lodestream.", StringComparison.Ordinal) && !line.Contains("Lodestream.Fuzz", StringComparison.Ordinal))?.Trim();

    private void Summarise(TimeSpan elapsed)
    {
        foreach (var (name, (inputs, refused, ticks)) in _tallies.OrderBy(tally => tally.Key, StringComparer.Ordinal))
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {name,-14} {inputs,9} inputs, {100.0 * refused / inputs,3:F0} % refused, {TimeSpan.FromTicks(ticks).TotalMilliseconds * 1000 / inputs,7:F0} µs each"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"fuzz: {_inputs} inputs in {elapsed.TotalSeconds:F0} s, {_inputs / elapsed.TotalSeconds:F0} a second; {_finds.Count} finds"));
    }

    // Neighbouring numbers make unlike inputs.
    private static int HashOf(ulong seed, ulong number) => (int)(new Simulation.Time.SeededRandom(seed + number).Next() >> 33);
}
