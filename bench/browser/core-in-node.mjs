// Times the core in Node, by processor time: other programs' load does not count. Usage: see README.md.
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { run } from './core-bench.mjs';

const root = pathToFileURL(path.resolve(path.dirname(process.argv[1]), '../../src/Lodestream.Browser/bin/publish/wwwroot') + '/');
const [tilesToOpen, levels, recording] = process.argv.slice(2).map(Number);
const clock = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
await run({ root, clock, print: line => console.log(line), tilesToOpen, levels, recordingBytes: recording === undefined ? undefined : recording * 2 ** 20 });
process.exit(0);
