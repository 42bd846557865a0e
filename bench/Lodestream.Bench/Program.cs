using System.CommandLine;
using Lodestream.Bench;

var root = new RootCommand("Measurements of Lodestream that need no scene and no network.") { StreamCommand.Make(), TickCommand.Make(), SoakCommand.Make(), ProximityCommand.Make() };
return root.Parse(args).Invoke();
