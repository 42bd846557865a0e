using System.Runtime.InteropServices;
using System.Text;
using Lodestream.Geometry;
using Lodestream.Selection;

namespace Lodestream.Browser.Interop;

/// <summary>
/// The memory a scene shares with its page, in 64-bit floating-point words: a fixed block in which the page leaves the frame's inputs
/// and finds its outputs, and a growing stream of commands with its text. So a frame crosses the border once each way, whatever
/// happens in it.
/// </summary>
internal sealed unsafe class SharedBlock : IDisposable
{
    // Word indices; wwwroot/lodestream/protocol.js is their mirror.
    private const int Now = 0, PreparingMs = 1, ViewCount = 2, EventCount = 3, Views = 4, ViewWords = 15, MaximumViews = 4;
    private const int Events = Views + MaximumViews * ViewWords, EventWords = 8, MaximumEvents = 256;
    private const int Output = Events + MaximumEvents * EventWords, OutputWords = 64;
    private const int Scratch = Output + OutputWords, ScratchWords = 64;
    private const int WakeKindAt = Output, WakeAt = Output + 1, CommandsAt = Output + 2, CommandWords = Output + 3, TextAt = Output + 4, Statistics = Output + 8;

    private readonly double* _block;
    private double* _commands;
    private byte* _text;
    private int _commandCapacity = 4096, _commandCount;
    private int _textCapacity = 4096, _textCount;
    private readonly View[] _views = new View[MaximumViews];

    public SharedBlock()
    {
        const int words = Scratch + ScratchWords;
        _block = (double*)NativeMemory.AlignedAlloc(words * sizeof(double), 16);
        new Span<double>(_block, words).Clear();
        _commands = (double*)NativeMemory.AlignedAlloc((nuint)_commandCapacity * sizeof(double), 16);
        _text = (byte*)NativeMemory.AlignedAlloc((nuint)_textCapacity, 16);
    }

    /// <summary>Where the page finds the block.</summary>
    public int Address => (int)_block;

    /// <summary>Time on the page's clock, which stands still while the page is hidden.</summary>
    public TimeSpan Time => TimeSpan.FromMilliseconds(_block[Now]);

    /// <summary>Milliseconds the frame leaves for measuring contents and reading topology.</summary>
    public double PreparingBudgetMs => _block[PreparingMs];

    /// <summary>The frame's statistics, for the page to show.</summary>
    public Span<double> StatisticsWords => new(_block + Statistics, OutputWords - 8);

    /// <summary>Answers to questions outside the frame.</summary>
    public Span<double> ScratchSpace => new(_block + Scratch, ScratchWords);

    /// <summary>The events that came since the last frame, <see cref="EventWords"/> words each.</summary>
    public int ReadEventCount() => Math.Min((int)_block[EventCount], MaximumEvents);

    /// <summary>One of the frame's events.</summary>
    public ReadOnlySpan<double> ReadEvent(int index) => new(_block + Events + index * EventWords, EventWords);

    /// <summary>The frame's cameras.</summary>
    public ReadOnlySpan<View> ReadViews()
    {
        var count = Math.Min((int)_block[ViewCount], MaximumViews);
        for (var i = 0; i < count; i++)
        {
            var w = _block + Views + i * ViewWords;
            _views[i] = new()
            {
                Position = new(w[0], w[1], w[2]),
                Direction = new(w[3], w[4], w[5]),
                Up = new(w[6], w[7], w[8]),
                FovY = w[9],
                ViewportWidth = w[10],
                ViewportHeight = w[11],
                Near = w[12],
                Far = w[13],
                TargetErrorPx = w[14],
            };
        }
        return _views.AsSpan(0, count);
    }

    /// <summary>Forgets the last frame's commands.</summary>
    public void BeginCommands() => _commandCount = _textCount = 0;

    /// <summary>Tells the page where the commands are and when to tick again.</summary>
    public void EndCommands(FrameDecision decision)
    {
        _block[WakeKindAt] = (int)decision.Kind;
        _block[WakeAt] = decision.Kind == WakeKind.AtTime ? decision.At.TotalMilliseconds : 0;
        _block[CommandsAt] = (int)_commands;
        _block[CommandWords] = _commandCount;
        _block[TextAt] = (int)_text;
    }

    /// <summary>Appends a command's first word.</summary>
    public void Write(Command command) => Write((double)(int)command);

    /// <summary>Appends a word.</summary>
    public void Write(double word)
    {
        if (_commandCount == _commandCapacity)
        {
            _commandCapacity *= 2;
            _commands = (double*)NativeMemory.AlignedRealloc(_commands, (nuint)_commandCapacity * sizeof(double), 16);
        }
        _commands[_commandCount++] = word;
    }

    /// <summary>Appends three words.</summary>
    public void Write(Vector3d v)
    {
        Write(v.X);
        Write(v.Y);
        Write(v.Z);
    }

    /// <summary>Appends a text: two words, its offset and length in the stream's bytes.</summary>
    public void Write(string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        Encoding.UTF8.GetBytes(text, RoomFor(length));
        Write(_textCount);
        Write(length);
        _textCount += length;
    }

    /// <summary>The same of a text that is UTF-8 already.</summary>
    public void Write(ReadOnlySpan<byte> text)
    {
        text.CopyTo(RoomFor(text.Length));
        Write(_textCount);
        Write(text.Length);
        _textCount += text.Length;
    }

    private Span<byte> RoomFor(int length)
    {
        if (_textCount + length > _textCapacity)
        {
            _textCapacity = Math.Max(_textCapacity * 2, _textCount + length);
            _text = (byte*)NativeMemory.AlignedRealloc(_text, (nuint)_textCapacity, 16);
        }
        return new(_text + _textCount, length);
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(_block);
        NativeMemory.AlignedFree(_commands);
        NativeMemory.AlignedFree(_text);
    }
}
