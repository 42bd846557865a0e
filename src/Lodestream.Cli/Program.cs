using Lodestream.Cli;

return await CommandLine.RunAsync(args);
