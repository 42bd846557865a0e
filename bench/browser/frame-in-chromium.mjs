// Times our own C# and JavaScript per frame while a scene streams, in a headless Chromium, by performance marks: how long they took, and
// how long the page's thread was at work then, which other programs' load does not lengthen. Usage: see README.md.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { DevTools } from './dev-tools.mjs';

const bench = path.dirname(process.argv[1]), viewer = path.resolve(bench, '../../src/Lodestream.Browser/bin/publish/wwwroot');
const [folder, document = 'tileset.json', megabits = '20', ...names] = process.argv.slice(2);
if (!folder) {
  console.error('Usage: node frame-in-chromium.mjs FOLDER [DOCUMENT] [MBIT/S] [VIEW...]');
  process.exit(2);
}
const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.wasm': 'application/wasm', '.json': 'application/json' };

// Beside the viewer's own modules: goes down to what is in the middle of the picture and once round it while its tiles come, then says
// what the marks say. Frame time is from one frame to the next, drawing included.
const script = `
  const frames = [], cores = [], whole = [], measure = performance.measure.bind(performance);
  // Marks are what a trace has the thread's own time of.
  performance.measure = (name, start) => {
    performance.mark(name + '-end');
    return measure(name, start);
  };
  new PerformanceObserver(list => {
    for (const { name, duration } of list.getEntries())
      (name === 'lodestream-frame' ? frames : name === 'lodestream-core' ? cores : []).push(duration);
  }).observe({ entryTypes: ['measure'] });
  const quantile = (values, share) => [...values].sort((a, b) => a - b)[Math.floor(share * (values.length - 1) + 0.5)];
  const line = (name, values) => name + ': ' + values.length + ' frames, median ' + quantile(values, 0.5).toFixed(2) + ', p95 ' + quantile(values, 0.95).toFixed(2) + ', greatest ' + Math.max(...values).toFixed(1) + ' ms';
  const lines = [], looksAt = new URLSearchParams(location.search).has('bench-view');
  let last, isOpen = false;
  requestAnimationFrame(function next(now) {
    if (last !== undefined && isOpen && !lodestream.viewer.loop.idle)
      whole.push(now - last);
    last = now;
    requestAnimationFrame(next);
  });
  try {
    // No viewer is there to ask before its scene is.
    while (!isOpen) {
      await new Promise(requestAnimationFrame);
      try {
        isOpen = Boolean(lodestream.viewer);
      } catch {}
    }
    await lodestream.ready;
    lines.push('first view all there after ' + (performance.now() / 1000).toFixed(1) + ' s', line('C# and JavaScript, opening and first view', frames), line('of that C#', cores), line('frame time', whole));
    frames.length = cores.length = whole.length = 0;
    performance.mark('bench-flight');
    const { navigation, tiles, frame } = lodestream.viewer, { position, direction } = navigation.pose, center = looksAt ? position.clone().addScaledVector(direction, tiles.debugState().policy.focalDistance) : frame.center;
    const began = performance.now(), fetched = tiles.stats.bytesFetched;
    for (let t = 0; t < 12; t = (performance.now() - began) / 1000) {
      const offset = position.clone().sub(center).applyAxisAngle(frame.upAt(center), t / 12 * 2 * Math.PI).multiplyScalar(0.65 - 0.35 * Math.cos(t / 12 * 4 * Math.PI) * 0.8);
      const eye = center.clone().add(offset);
      navigation.place({ position: eye, direction: center.clone().sub(eye).normalize() });
      await new Promise(requestAnimationFrame);
    }
    lines.push(line('C# and JavaScript, flying while tiles come', frames), line('of that C#', cores), line('frame time', whole), ((tiles.stats.bytesFetched - fetched) / 1e6).toFixed(1) + ' MB came in flight');
  } catch (e) {
    lines.push(e.stack ?? String(e));
  }
  await fetch('/result', { method: 'POST', body: lines.join('\\n') });
`;

const scene = JSON.parse(await readFile(path.join(folder, document), 'utf8')), suggested = scene.asset.extras?.lodestream?.views ?? [];
const views = names.map(name => suggested.find(view => view.name === name) ?? fail(`${document} suggests no view ${name}: there are ${suggested.map(view => view.name).join(', ')}`));
if (views.length === 0)
  await measure('');
for (const { name, position, direction } of views) {
  console.log(`${name}:`);
  await measure(`&bench-view#eye=${position}&look=${direction}`);
}

function fail(message) {
  console.error(message);
  process.exit(2);
}

// One page in a browser of its own, and its figures.
async function measure(place) {
  const profile = await mkdtemp(path.join(os.tmpdir(), 'lodestream-bench-'));
  let told, linkFreeAt = 0;
  const result = new Promise(resolve => told = resolve), server = http.createServer(async (request, response) => {
    // Isolated pages have a clock of 5 µs; others one of 100.
    response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
    response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp');
    if (request.url === '/result') {
      let lines = '';
      for await (const text of request.setEncoding('utf8'))
        lines += text;
      told(lines);
      return;
    }
    const asked = path.posix.normalize(decodeURIComponent(new URL(request.url, 'http://localhost').pathname)), isScene = asked.startsWith('/scene/');
    let body = asked === '/frame-bench.js' ? script : await readFile(isScene ? path.join(folder, asked.slice(7)) : path.join(viewer, asked === '/' ? 'index.html' : asked)).catch(() => null);
    if (asked === '/' && body)
      body = body.toString().replace('</head>', '<script type="module" src="frame-bench.js"></script></head>');
    if (isScene && body) {
      // One link, shared first come first served.
      const now = performance.now(), took = body.length * 8 / (Number(megabits) * 1000);
      linkFreeAt = Math.max(now, linkFreeAt) + took;
      await new Promise(resolve => setTimeout(resolve, linkFreeAt - now));
    }
    response.writeHead(body ? 200 : 404, { 'Content-Type': types[asked === '/' ? '.html' : path.extname(asked)] ?? 'application/octet-stream' });
    response.end(body);
  });
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve));
  const browser = spawn('chromium', [
    '--headless', '--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
    '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--window-size=640,400',
    '--remote-debugging-pipe', `--user-data-dir=${profile}`, 'about:blank',
  ], { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
  const ended = new Promise(resolve => browser.on('exit', resolve)), tools = new DevTools(browser.stdio[3], browser.stdio[4]);
  await tools.startTracing(['blink.user_timing']);
  await tools.open(`http://127.0.0.1:${server.address().port}/?scene=/scene/${document}${place}`);
  console.log(await result);
  for (const line of processorTimes(await tools.endTracing()))
    console.log(line);
  browser.kill();
  await ended;
  server.close();
  server.closeAllConnections();
  await rm(profile, { recursive: true, force: true, maxRetries: 5 });
}

// Of the page's thread, milliseconds; a frame whose end is missing did not end.
function processorTimes(events) {
  const marks = events.filter(event => event.ph === 'I' && event.tts !== undefined).sort((a, b) => a.ts - b.ts), flight = marks.find(({ name }) => name === 'bench-flight')?.ts ?? Infinity;
  const spans = (name, flies) => marks.flatMap((mark, i) => {
    const end = mark.name === name && mark.ts >= flight === flies && marks.slice(i + 1).find(other => other.name === `${name}-end` && other.tid === mark.tid);
    return end ? [(end.tts - mark.tts) / 1000] : [];
  });
  return [
    ['C# and JavaScript before the flight, processor time', spans('lodestream-frame', false)], ['of that C#', spans('lodestream-core', false)],
    ['C# and JavaScript in flight, processor time', spans('lodestream-frame', true)], ['of that C#', spans('lodestream-core', true)],
  ].map(([name, values]) => {
    const sorted = values.sort((a, b) => a - b), at = share => sorted[Math.floor(share * (sorted.length - 1) + 0.5)]?.toFixed(2);
    return `${name}: ${sorted.length} frames, median ${at(0.5)}, p95 ${at(0.95)}, greatest ${at(1)} ms`;
  });
}
