using Lodestream.Determinism;

foreach (var flight in Flight.All)
{
    foreach (var line in flight.Run().Lines)
        Console.WriteLine(line);
}
