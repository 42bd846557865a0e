// The bench of the core as WebAssembly, without drawing beside it: runs in Node and in a page.
import { ScriptedPage, stages } from './scripted-page.mjs';

const side = 16384, encoder = new TextEncoder();

/**
 * Ticks over the bench world with everything resident, and the longest tick while a large document opens.
 * @param {object} options
 * @param {URL} options.root the published viewer
 * @param {() => number} options.clock milliseconds
 * @param {(line: string) => void} options.print
 * @param {number} [options.tilesToOpen]
 * @param {number} [options.levels] of the bench world
 * @param {number} [options.screens] side of the screen on which the stages are timed, in screens of 1920 × 1080
 * @param {number} [options.recordingBytes] that the session's recording may take; 0 for none
 */
export async function run({ root, clock, print, tilesToOpen = 50000, levels = 8, recordingBytes = 16 * 2 ** 20, screens = 5 }) {
  const load = file => import(new URL(`lodestream/${file}`, root).href);
  const { attachPage, boot } = await load('runtime.js'), { readStatistics } = await load('statistics.js');
  const core = await boot(new URL('_framework/', root));
  print(`boot ${core.bootMs.toFixed(0)} ms`);
  const { CommandExecutor } = await load('commands.js');
  const world = { core, attachPage, readStatistics, protocol: await load('protocol.js'), CommandExecutor, clock, print, tilesToOpen, levels, recordingBytes, screens };
  open(world);
  fly(world);
  timeStages(world);
}

// A document's bytes, and the same content for every tile of it; nothing is waited for.
function pageOf(world, json, options = {}) {
  const glb = quad();
  return new ScriptedPage(world, { document: '/bench/tileset.json', read: path => path.endsWith('.json') ? json : glb },
    { memoryBudgetBytes: 4e9, maximumRequestsPerHost: 24, uploadBudgetMs: 1e6, recordingBytes: world.recordingBytes, ...options });
}

// The longest tick from the document's arrival until its tiles can be wanted.
function open(world) {
  const json = documentOf(world.tilesToOpen, Infinity), page = pageOf(world, json);
  const ticks = page.untilSettled(view(0));
  const sorted = [...ticks].sort((a, b) => b - a);
  const { tiles } = page.statistics;
  world.print(`open ${tiles} tiles (${(json.length / 1e6).toFixed(1)} MB): ${ticks.length} ticks, longest ${sorted.slice(0, 6).map(t => t.toFixed(1)).join(', ')} ms, ${ticks.reduce((a, b) => a + b, 0).toFixed(0)} ms in all`);
  page.close();
}

// The bench world, settled at every pose, then timed there.
function fly(world) {
  const page = pageOf(world, documentOf(Infinity, world.levels));
  const poses = Array.from({ length: 40 }, (_, i) => view(i / 39));
  poses.forEach(pose => page.untilSettled(pose));
  const times = [];
  let touched = 0, wanted = 0;
  const recorded = page.recordingLength();
  for (let pass = 0; pass < 25; pass++) {
    for (const pose of poses) {
      page.tick(pose);
      if (pass < 5)
        continue;
      times.push(page.tickMs);
      touched += page.statistics.touched;
      wanted += page.statistics.wanted;
    }
  }
  times.sort((a, b) => a - b);
  const mean = times.reduce((a, b) => a + b, 0) / times.length, perFrame = touched / times.length;
  world.print(`tick over ${page.statistics.tiles} tiles, all resident, camera moving: ${perFrame.toFixed(0)} touched, ${(wanted / times.length).toFixed(0)} wanted; mean ${mean.toFixed(3)} ms, median ${times[times.length >> 1].toFixed(3)}, p95 ${times[Math.floor(times.length * 0.95)].toFixed(3)}; ${(mean / perFrame * 300).toFixed(3)} ms per 300 touched; ${((page.recordingLength() - recorded) / (25 * poses.length)).toFixed(0)} bytes recorded a tick`);
  for (let i = 0; i < 200; i++)
    page.tick(poses[20]);
  const still = [];
  for (let i = 0; i < 500; i++) {
    page.tick(poses[20]);
    still.push(page.tickMs);
  }
  still.sort((a, b) => a - b);
  world.print(`tick, camera still: ${page.statistics.touched} touched, median ${still[250].toFixed(3)} ms`);
  page.close();
}

// By the pyramid policy, on a screen so large that about 500 tiles are wanted: what the stages take that decide, the camera moving.
function timeStages(world) {
  const page = pageOf(world, documentOf(Infinity, world.levels), { policy: 'pyramid' });
  const poses = Array.from({ length: 40 }, (_, i) => ({ ...view(i / 39), width: 1920 * world.screens, height: 1080 * world.screens }));
  poses.forEach(pose => page.untilSettled(pose));
  page.stageTimes();
  const deciding = [], whole = [], sums = stages.map(() => 0);
  let wanted = 0;
  for (let pass = 0; pass < 25; pass++) {
    for (const pose of poses) {
      page.tick(pose);
      if (pass < 5)
        continue;
      const times = page.stageTimes(), of = Object.fromEntries(stages.map((name, i) => [name, times[i]]));
      deciding.push(of.select + of.plan + of.resolve);
      whole.push(page.tickMs);
      stages.forEach((name, i) => sums[i] += times[i]);
      wanted += page.statistics.wanted;
    }
  }
  const quantile = (values, share) => [...values].sort((a, b) => a - b)[Math.floor(share * (values.length - 1))].toFixed(3);
  world.print(`pyramid, ${(wanted / whole.length).toFixed(0)} primary tiles: select, plan and resolve median ${quantile(deciding, 0.5)} ms, p95 ${quantile(deciding, 0.95)}; whole tick median ${quantile(whole, 0.5)}, p95 ${quantile(whole, 0.95)}; on average ${stages.map((name, i) => `${name} ${(sums[i] / whole.length).toFixed(3)}`).join(', ')}`);
  page.close();
}

// One quad as a glb.
function quad() {
  const json = encoder.encode(JSON.stringify({
    asset: { version: '2.0' }, scenes: [{ nodes: [0] }], nodes: [{ mesh: 0 }], meshes: [{ primitives: [{ attributes: { POSITION: 0 }, indices: 1 }] }],
    accessors: [{ bufferView: 0, componentType: 5126, count: 4, type: 'VEC3', min: [0, 0, 0], max: [1, 0, 1] }, { bufferView: 1, componentType: 5123, count: 6, type: 'SCALAR' }],
    bufferViews: [{ buffer: 0, byteLength: 48 }, { buffer: 0, byteOffset: 48, byteLength: 12 }], buffers: [{ byteLength: 60 }],
  }).padEnd(560));
  const bytes = new Uint8Array(28 + json.length + 60), words = new DataView(bytes.buffer);
  [0x46546c67, 2, bytes.length, json.length, 0x4e4f534a].forEach((word, i) => words.setUint32(i * 4, word, true));
  bytes.set(json, 20);
  [60, 0x4e4942].forEach((word, i) => words.setUint32(20 + json.length + i * 4, word, true));
  return bytes;
}

function view(t) {
  const angle = t * Math.PI * 1.5;
  return {
    position: [Math.cos(angle) * 5000, Math.sin(angle) * 5000, 700 + 500 * Math.sin(t * 9)], direction: [-Math.cos(angle + 0.4), -Math.sin(angle + 0.4), -0.35], up: [0, 0, 1],
    fovY: Math.PI / 3, width: 1920, height: 1080, near: 1, far: 40000, targetErrorPx: 16,
  };
}

// A quadtree of `depth` levels, or of `count` tiles in breadth-first order.
function documentOf(count, depth) {
  let made = 1;
  const expand = [];
  const tile = (l, x, y) => {
    const s = side / 2 ** l, node = {
      boundingVolume: { box: [-side / 2 + (x + 0.5) * s, -side / 2 + (y + 0.5) * s, 0, s / 2, 0, 0, 0, s / 2, 0, 0, 0, 16] },
      geometricError: s / 16, content: { uri: `t/${l}/${x}_${y}.glb` },
    };
    expand.push([node, l, x, y]);
    return node;
  };
  const top = { refine: 'REPLACE', ...tile(0, 0, 0) };
  expand[0][0] = top;
  for (let i = 0; i < expand.length && made < count; i++) {
    const [node, l, x, y] = expand[i];
    if (l + 1 >= depth)
      continue;
    node.children = [[0, 0], [1, 0], [0, 1], [1, 1]].slice(0, Math.max(0, count - made)).map(([dx, dy]) => tile(l + 1, 2 * x + dx, 2 * y + dy));
    made += node.children.length;
  }
  return encoder.encode(JSON.stringify({ asset: { version: '1.1' }, geometricError: 2048, root: top }));
}
