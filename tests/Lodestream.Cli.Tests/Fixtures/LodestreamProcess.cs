using System.Diagnostics;
using System.Text;

namespace Lodestream.Cli.Tests.Fixtures;

/// <summary>How a run of the tool ended.</summary>
internal sealed record Ended(int ExitCode, string Out, string Error)
{
    /// <summary>The lines of stderr.</summary>
    public string[] ErrorLines => Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>The tool as users run it: a process of its own, the built program.</summary>
internal sealed class LodestreamProcess : IAsyncDisposable
{
    /// <summary>Long enough for a busy machine; only a hang takes it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private readonly Process _process;
    private readonly StringBuilder _out = new();
    private readonly StringBuilder _error = new();
    private readonly object _gate = new();
    private readonly TaskCompletionSource _outEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _errorEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<(string Text, TaskCompletionSource<string> Seen)> _awaited = [];

    private LodestreamProcess(ProcessStartInfo start)
    {
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, e) => Receive(e.Data, _out, _outEnded);
        _process.ErrorDataReceived += (_, e) => Receive(e.Data, _error, _errorEnded);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Runs a command to its end.</summary>
    public static Task<Ended> RunAsync(params string[] args) => RunAsync([], args);

    /// <summary>Runs a command to its end with variables of the environment set.</summary>
    public static async Task<Ended> RunAsync((string Name, string Value)[] environment, params string[] args)
    {
        await using var process = Start(environment, args);
        return await process.EndAsync();
    }

    /// <summary>Starts a command that goes on until it is told to stop.</summary>
    public static LodestreamProcess Start((string Name, string Value)[] environment, params string[] args)
    {
        var start = new ProcessStartInfo { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        if (OperatingSystem.IsLinux())
        {
            // A test run in the background has Ctrl-C ignored, and would hand that on.
            start.FileName = "env";
            start.ArgumentList.Add("--default-signal=INT");
            start.ArgumentList.Add("dotnet");
        }
        else
        {
            start.FileName = "dotnet";
        }

        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Lodestream.Cli.dll"));
        foreach (var arg in args)
            start.ArgumentList.Add(arg);
        foreach (var name in new[] { "LODESTREAM_VIEWER", "LODESTREAM_CACHE", "LODESTREAM_DEBUG", "NO_COLOR" })
            start.Environment.Remove(name);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return new LodestreamProcess(start);
    }

    /// <summary>Waits for a line of output that holds a text.</summary>
    /// <returns>The line.</returns>
    public async Task<string> LineAsync(string text)
    {
        var seen = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            foreach (var line in $"{_out}\n{_error}".Split('\n'))
            {
                if (line.Contains(text, StringComparison.Ordinal))
                    return line;
            }

            _awaited.Add((text, seen));
        }

        var first = await Task.WhenAny(seen.Task, _process.WaitForExitAsync()).WaitAsync(Patience);
        if (first != seen.Task && !seen.Task.IsCompleted)
            Assert.Fail($"ended without '{text}': {(await EndAsync()).Error}");
        return await seen.Task;
    }

    /// <summary>Presses Ctrl-C.</summary>
    public void Interrupt() => Signal("INT");

    /// <summary>Asks the process to end, as service managers do.</summary>
    public void Terminate() => Signal("TERM");

    /// <summary>Waits for the end.</summary>
    public async Task<Ended> EndAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Patience);
        await Task.WhenAll(_outEnded.Task, _errorEnded.Task).WaitAsync(Patience);
        lock (_gate)
            return new Ended(_process.ExitCode, _out.ToString(), _error.ToString());
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private void Receive(string? line, StringBuilder text, TaskCompletionSource ended)
    {
        if (line is null)
        {
            ended.TrySetResult();
            return;
        }

        lock (_gate)
        {
            text.Append(line).Append('\n');
            foreach (var (awaited, seen) in _awaited)
            {
                if (line.Contains(awaited, StringComparison.Ordinal))
                    seen.TrySetResult(line);
            }
        }
    }

    private void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }
}
