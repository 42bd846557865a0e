using Lodestream.Selection;
using Lodestream.Simulation.Device;
using Lodestream.Simulation.Network;
using Lodestream.Simulation.Time;
using Lodestream.Streaming;

namespace Lodestream.Simulation.Runs;

/// <summary>What a run came to.</summary>
/// <param name="Frames">Ticks.</param>
/// <param name="Seconds">Simulated time, seconds.</param>
/// <param name="Settled">Whether everything came to rest within the limit.</param>
/// <param name="TraceHash">Hash of all that was decided: <see cref="Diagnostics.TraceHash"/>.</param>
/// <param name="Streamer">The core, as the run left it.</param>
/// <param name="Network">The network, as the run left it.</param>
public sealed record SimulationResult(long Frames, double Seconds, bool Settled, UInt128 TraceHash, TileStreamer Streamer, SimulatedNetwork Network);

/// <summary>
/// Runs the real core, unchanged, in virtual time. While the cameras move it ticks every frame; once they stand still it ticks when the
/// governor or the inbox asks for it, as a host's frame loop does, until everything came to rest.
/// </summary>
public sealed class SimulationRun
{
    private readonly SimulationSetup _setup;
    private readonly VirtualTime _time = new();
    private readonly Inbox _inbox = new();
    private readonly TraceHashing _trace;
    private readonly SimulationObserver[] _observers;
    private readonly SimulatedNetwork _network;
    private readonly SimulatedPreparer _preparer;
    private readonly SimulatedHost _host;
    private readonly TileStreamer _streamer;
    private readonly SimulationControls _controls;
    private readonly TimeSpan _frameTime;
    private readonly TimeSpan _duration;
    private readonly Queue<SimulatedEvent> _events;
    private readonly View[] _views;
    private int _viewCount;
    private long _frame;
    private TimeSpan _setOff;
    private FrameDecision _decision;

    private SimulationRun(SimulationSetup setup)
    {
        _setup = setup;
        _trace = new(setup.Tree);
        _observers = [_trace, .. setup.Observers];
        _frameTime = TimeSpan.FromSeconds(1 / setup.FramesPerSecond);
        _duration = setup.Cameras.Count == 0 ? TimeSpan.Zero : setup.Cameras.Max(camera => camera.Duration);
        _events = new(setup.Events.OrderBy(e => e.Seconds));
        _views = new View[setup.Cameras.Count];
        var inbox = new SimulatedInbox(_inbox, _observers);
        _network = new(_time, setup.Network, setup.Origin, inbox, setup.Seed);
        _preparer = new(setup.Tree, _time, setup.Device, inbox, setup.Seed);
        _host = new(_time, setup.Device, inbox, setup.Seed);
        var ports = new ObservedPorts(_network, _preparer, _host, _observers);
        _streamer = setup.MakeStreamer(setup.Tree, ports, ports, ports, _inbox, setup.Options with { Seed = setup.Seed }, setup.Recorder);
        _controls = new(_streamer, inbox, _network, _host);
    }

    /// <summary>Runs a set-up to its end.</summary>
    /// <param name="setup">The set-up.</param>
    /// <param name="cancellation">Ends the run between frames.</param>
    public static SimulationResult Run(SimulationSetup setup, CancellationToken cancellation = default) => new SimulationRun(setup).Run(cancellation);

    private SimulationResult Run(CancellationToken cancellation)
    {
        if (!_setup.Cold)
            Stand(RunPhase.Opening, cancellation);
        Move(cancellation);
        var settled = Stand(RunPhase.Settling, cancellation);
        Rest(cancellation);
        foreach (var observer in _observers)
            observer.OnEnd(Frame(RunPhase.Resting));
        return new(_frame, _time.Now.TotalSeconds, settled, _trace.Value, _streamer, _network);
    }

    private void Move(CancellationToken cancellation)
    {
        _setOff = _frame == 0 ? TimeSpan.Zero : _time.Now + _frameTime;
        for (var next = _setOff; next - _setOff < _duration; next += _frameTime)
        {
            cancellation.ThrowIfCancellationRequested();
            _time.AdvanceTo(next);
            Tick(RunPhase.Moving);
        }
    }

    // Ticks as a host's loop would while nobody touches it. True when everything came to rest.
    private bool Stand(RunPhase phase, CancellationToken cancellation)
    {
        var limit = _time.Now + TimeSpan.FromSeconds(_setup.SettleLimitSeconds);
        var next = _frame == 0 ? TimeSpan.Zero : _time.Now + _frameTime;
        for (var frames = 0; next <= limit && frames < _setup.SettleLimitFrames; frames++)
        {
            cancellation.ThrowIfCancellationRequested();
            _time.AdvanceTo(next);
            Tick(phase);
            if (IsQuiet && (phase == RunPhase.Opening || _events.Count == 0))
                return true;
            if (!WaitUntilDue(limit, minded: phase != RunPhase.Opening))
                return false;
            next = NextFrameTime();
        }
        return false;
    }

    // Sleeps through what concerns the core nothing: until its deadline, until something is in the inbox, or, where events are minded,
    // until the next one.
    private bool WaitUntilDue(TimeSpan limit, bool minded)
    {
        var due = _decision.Kind switch { WakeKind.Now => _time.Now, WakeKind.AtTime => _decision.At, _ => TimeSpan.MaxValue };
        if (minded && _events.TryPeek(out var first) && _setOff + TimeSpan.FromSeconds(first.Seconds) < due)
            due = _setOff + TimeSpan.FromSeconds(first.Seconds);
        while (_inbox.IsEmpty && _time.Now < due)
        {
            var next = _time.NextEvent < due ? _time.NextEvent : due;
            if (next > limit)
                return false;
            _time.AdvanceTo(next);
        }
        return true;
    }

    private TimeSpan NextFrameTime()
    {
        var frames = Math.Floor(_time.Now / _frameTime) + 1;
        return frames * _frameTime;
    }

    private void Rest(CancellationToken cancellation)
    {
        for (var i = 0; i < _setup.RestFrames; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            _time.AdvanceTo(NextFrameTime());
            Tick(RunPhase.Resting);
        }
    }

    private bool IsQuiet => _decision.Kind == WakeKind.OnEvent && _inbox.IsEmpty && _network.InFlight == 0 && _preparer.InFlight == 0 && _host.InFlight == 0;

    private void Tick(RunPhase phase)
    {
        _frame++;
        LookThroughCameras(phase);
        while (phase != RunPhase.Opening && _events.TryPeek(out var first) && first.Seconds <= (_time.Now - _setOff).TotalSeconds)
            _events.Dequeue().Happens(_controls);
        foreach (var observer in _observers)
            observer.OnTick(_time.Now);
        _decision = _streamer.Tick(_time.Now, _views.AsSpan(0, _viewCount));
        var frame = Frame(phase);
        foreach (var observer in _observers)
            observer.OnFrame(frame);
    }

    private void LookThroughCameras(RunPhase phase)
    {
        _viewCount = 0;
        foreach (var camera in _setup.Cameras)
        {
            var time = phase switch { RunPhase.Opening => TimeSpan.Zero, RunPhase.Moving => _time.Now - _setOff, _ => camera.Duration };
            if (camera.At(time < camera.Duration ? time : camera.Duration) is { } view)
                _views[_viewCount++] = view;
        }
    }

    private SimulatedFrame Frame(RunPhase phase) => new()
    {
        Number = _frame,
        Time = _time.Now,
        Phase = phase,
        Views = _views.AsSpan(0, _viewCount),
        Streamer = _streamer,
        Decision = _decision,
        BytesDelivered = _network.BytesDelivered,
        IsQuiet = IsQuiet,
    };
}
