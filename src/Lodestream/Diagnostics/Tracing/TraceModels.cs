using Lodestream.Selection;
using Lodestream.Streaming;

namespace Lodestream.Diagnostics;

/// <summary>A policy or priority model that recordings can name.</summary>
/// <param name="Name">Its name in recordings; never given to another one.</param>
/// <param name="Type">Its class; a class derived from it is another model.</param>
/// <param name="Write">Writes what it was made with.</param>
/// <param name="Read">Reads that, and gives what makes its like.</param>
internal sealed record TracedModel<T>(string Name, Type Type, Action<T, TraceBuffer> Write, Func<TraceInput, Func<T>> Read)
    where T : class;

/// <summary>The policies and priority models that recordings can name: what a replay makes is made here. A new one gets its line, and its options theirs.</summary>
internal static class TraceModels
{
    private static readonly TracedModel<ISelectionPolicy>[] Policies =
    [
        Plain<ISelectionPolicy, ScreenSpaceErrorPolicy>("error"),
        Model<ISelectionPolicy, PyramidPolicy>("pyramid", WritePyramid, ReadPyramid),
        Model<ISelectionPolicy, ProximityPolicy>("proximity", static (model, to) => TraceOptions.Write(model.MadeWith, to), static from => Making(TraceOptions.ReadProximity(from), static options => new ProximityPolicy(options))),
    ];

    private static readonly TracedModel<IPriorityModel>[] Priorities =
    [
        Plain<IPriorityModel, GainOrder>("gain"),
        Plain<IPriorityModel, FirstInFirstOut>("first-in-first-out"),
        Plain<IPriorityModel, ScreenAreaOrder>("screen-area"),
        Plain<IPriorityModel, DistanceOrder>("distance"),
        Model<IPriorityModel, PyramidPriority>("pyramid", static (model, to) => TraceOptions.Write(model.MadeWith, to), static from => Making(TraceOptions.ReadPyramid(from), static options => new PyramidPriority(options))),
        Model<IPriorityModel, ProximityPriority>("proximity", static (model, to) => TraceOptions.Write(model.MadeWith, to), static from => Making(TraceOptions.ReadProximity(from), static options => new ProximityPriority(options))),
    ];

    /// <summary>Writes which policy and which priority model the options make.</summary>
    /// <exception cref="ArgumentException">One is not Lodestream's own; the message names it.</exception>
    public static void Write(StreamerOptions options, TraceBuffer to)
    {
        Write(Policies, options.Policy(), nameof(options.Policy), to);
        Write(Priorities, options.Priorities(), nameof(options.Priorities), to);
    }

    /// <summary>The options with the recorded policy and priority model.</summary>
    public static StreamerOptions Read(StreamerOptions options, TraceInput from) => options with { Policy = Read(Policies, from), Priorities = Read(Priorities, from) };

    private static void Write<T>(TracedModel<T>[] known, T model, string option, TraceBuffer to)
        where T : class
    {
        foreach (var candidate in known)
        {
            if (candidate.Type != model.GetType())
                continue;
            to.Text(candidate.Name);
            candidate.Write(model, to);
            return;
        }
        throw new ArgumentException(
            $"StreamerOptions.{option} makes a {model.GetType().Name}, which cannot be recorded: a replay could not make it again. It can be {Names(known)}; or leave the recorder out.", option);
    }

    private static Func<T> Read<T>(TracedModel<T>[] known, TraceInput from)
        where T : class
    {
        var name = from.Text();
        foreach (var candidate in known)
        {
            if (candidate.Name == name)
                return candidate.Read(from);
        }
        throw from.Damage($"'{name}' is no {typeof(T).Name} that is known here; there are {Names(known)}");
    }

    private static string Names<T>(TracedModel<T>[] known)
        where T : class => string.Join(", ", Array.ConvertAll(known, model => model.Name));

    private static void WritePyramid(PyramidPolicy policy, TraceBuffer to)
    {
        var (options, hostHasMasks) = policy.MadeWith;
        TraceOptions.Write(options, to);
        to.Flag(hostHasMasks);
    }

    private static Func<ISelectionPolicy> ReadPyramid(TraceInput from)
    {
        var options = TraceOptions.ReadPyramid(from);
        var hostHasMasks = from.Flag();
        return () => new PyramidPolicy(options, hostHasMasks);
    }

    private static Func<TModel> Making<TOptions, TModel>(TOptions options, Func<TOptions, TModel> make) => () => make(options);

    private static TracedModel<T> Model<T, TModel>(string name, Action<TModel, TraceBuffer> write, Func<TraceInput, Func<T>> read)
        where T : class
        where TModel : class, T => new(name, typeof(TModel), (model, to) => write((TModel)model, to), read);

    private static TracedModel<T> Plain<T, TModel>(string name)
        where T : class
        where TModel : T, new() => new(name, typeof(TModel), static (_, _) => { }, static _ => static () => new TModel());
}
