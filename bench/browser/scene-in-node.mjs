// Times the core in Node over a folder's scene while it streams, by processor time and stage by stage. Usage: see README.md.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { ScriptedPage, stages } from './scripted-page.mjs';

const root = pathToFileURL(path.resolve(path.dirname(process.argv[1]), '../../src/Lodestream.Browser/bin/publish/wwwroot') + '/');
const [folder, name, framesPerSecond = '5', policy = 'error', document = 'tileset.json', megabits = '20'] = process.argv.slice(2);
const clock = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
// What C# measures itself by, too: its budget for measuring and its stages.
performance.now = clock;
const load = file => import(new URL(`lodestream/${file}`, root).href);
const { attachPage, boot } = await load('runtime.js'), { readStatistics } = await load('statistics.js');
const world = { core: await boot(new URL('_framework/', root)), attachPage, readStatistics, protocol: await load('protocol.js'), CommandExecutor: (await load('commands.js')).CommandExecutor, clock };
const read = file => {
  const on = path.join(folder, decodeURIComponent(file));
  return existsSync(on) ? readFileSync(on) : null;
};
// Uploads take a millisecond each, four a frame.
const page = new ScriptedPage(world, { read, document: `/${document}`, megabits: Number(megabits), frameMs: 1000 / Number(framesPerSecond), workMs: 20, uploadsPerFrame: 4 }, { policy, uploadBudgetMs: 2 });
page.stageTimes();
const { views } = JSON.parse(readFileSync(path.join(folder, document), 'utf8')).asset.extras.lodestream;
const { position, direction } = views.find(view => view.name === name);
const look = (eye, towards) => ({ position: eye, direction: towards, up: [0, 0, 1], fovY: Math.PI / 3, width: 640, height: 400, near: 1, far: 200000, targetErrorPx: 16 });

const opening = [];
do {
  opening.push(times(look(position, direction)));
} while (!page.isSettled && opening.length < 5000);
print('opening and first view', opening);

// Once round what is in the middle of the picture, as frame-in-chromium.mjs flies.
const distance = position[2] / -direction[2], center = position.map((p, i) => p + direction[i] * distance), flight = [];
for (let t = 0; t < 12; t += 1 / framesPerSecond) {
  const angle = t / 12 * 2 * Math.PI, scale = 0.65 - 0.35 * Math.cos(2 * angle) * 0.8, [x, y, z] = position.map((p, i) => p - center[i]);
  const offset = [(x * Math.cos(angle) - y * Math.sin(angle)) * scale, (x * Math.sin(angle) + y * Math.cos(angle)) * scale, z * scale], length = Math.hypot(...offset);
  flight.push(times(look(center.map((c, i) => c + offset[i]), offset.map(o => -o / length))));
}
print('in flight', flight);
process.exit(0);

function times(pose) {
  page.tick(pose);
  const of = page.stageTimes();
  return { whole: page.tickMs, events: page.heard, stages: Object.fromEntries(stages.map((name, i) => [name, of[i]])) };
}

function print(title, ticks) {
  const quantile = (values, share) => [...values].sort((a, b) => a - b)[Math.floor(share * (values.length - 1) + 0.5)].toFixed(2);
  const line = (what, of) => `  ${what.padEnd(9)} median ${quantile(of, 0.5)}, p95 ${quantile(of, 0.95)}, greatest ${quantile(of, 1)} ms`;
  console.log(`${name}, ${title}: ${ticks.length} ticks, ${page.fetched} requests`);
  console.log(line('whole', ticks.map(({ whole }) => whole)));
  for (const stage of stages)
    console.log(line(stage, ticks.map(tick => tick.stages[stage])));
  const slowest = [...ticks].sort((a, b) => b.whole - a.whole).slice(0, Math.ceil(ticks.length / 10)), mean = of => (slowest.map(of).reduce((a, b) => a + b, 0) / slowest.length).toFixed(2);
  console.log(`  the slowest tenth: ${mean(({ whole }) => whole)} ms on average: ${stages.map(stage => `${stage} ${mean(tick => tick.stages[stage])}`).join(', ')}; ${mean(({ events }) => events)} events`);
}
