namespace Lodestream.Tests.Harness;

internal sealed partial class HandDrivenWorld
{
    /// <summary>Lets time pass as a host's loop would that ticks when the governor says so, and not otherwise.</summary>
    public void Pass(double seconds)
    {
        var end = Now + TimeSpan.FromSeconds(seconds);
        Settle();
        while (Decision.Kind == WakeKind.AtTime && Decision.At <= end)
        {
            Now = Decision.At > Now ? Decision.At : Now + TimeSpan.FromMilliseconds(1);
            Settle();
        }
        Now = end;
        Settle();
    }

    /// <summary>Answers everything that is asked for as time passes, a tick every sixtieth of a second.</summary>
    public void Run(double seconds)
    {
        for (var end = Now + TimeSpan.FromSeconds(seconds); Now < end; Now += TimeSpan.FromSeconds(1 / 60.0))
        {
            Tick();
            foreach (var content in InFlight)
                Answer(content);
        }
    }
}
