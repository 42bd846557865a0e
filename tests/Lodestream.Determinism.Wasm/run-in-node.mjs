// Boots the bundle beside this file in Node and runs its Main, which prints the flights' traces.
const { dotnet } = await import(new URL('wwwroot/_framework/dotnet.js', import.meta.url).href);
const runtime = await dotnet.create();
const code = await runtime.runMain();
// What was written to a pipe goes out before the process ends; the runtime's own timers would keep it alive.
process.stdout.write('', () => process.exit(code));
