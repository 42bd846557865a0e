// Times our own C# and JavaScript per frame while a scene streams, in a headless Chromium, by performance marks. Usage: see README.md.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';

const bench = path.dirname(process.argv[1]), viewer = path.resolve(bench, '../../src/Lodestream.Browser/bin/publish/wwwroot');
const [folder, document = 'tileset.json', megabits = '20'] = process.argv.slice(2);
if (!folder) {
  console.error('Usage: node frame-in-chromium.mjs FOLDER [DOCUMENT] [MBIT/S]');
  process.exit(2);
}
const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.wasm': 'application/wasm', '.json': 'application/json' };

// Beside the viewer's own modules: goes down to the scene and once round it while its tiles come, then says what the marks say.
const script = `
  const frames = [], cores = [];
  new PerformanceObserver(list => {
    for (const { name, duration } of list.getEntries())
      (name === 'lodestream-frame' ? frames : name === 'lodestream-core' ? cores : []).push(duration);
  }).observe({ entryTypes: ['measure'] });
  const quantile = (values, share) => [...values].sort((a, b) => a - b)[Math.floor(share * (values.length - 1) + 0.5)];
  const line = (name, values) => name + ': ' + values.length + ' frames, median ' + quantile(values, 0.5).toFixed(2) + ', p95 ' + quantile(values, 0.95).toFixed(2) + ', greatest ' + Math.max(...values).toFixed(1) + ' ms';
  const lines = [];
  try {
    await lodestream.ready;
    lines.push(line('C# and JavaScript, opening and first view', frames), line('of that C#', cores));
    frames.length = cores.length = 0;
    const { navigation, tiles, frame } = lodestream.viewer, { position, direction } = navigation.pose, center = frame.center;
    const began = performance.now(), fetched = tiles.stats.bytesFetched;
    for (let t = 0; t < 12; t = (performance.now() - began) / 1000) {
      const offset = position.clone().sub(center).applyAxisAngle(frame.upAt(center), t / 12 * 2 * Math.PI).multiplyScalar(0.65 - 0.35 * Math.cos(t / 12 * 4 * Math.PI) * 0.8);
      const eye = center.clone().add(offset);
      navigation.place({ position: eye, direction: center.clone().sub(eye).normalize() });
      await new Promise(requestAnimationFrame);
    }
    lines.push(line('C# and JavaScript, flying while tiles come', frames), line('of that C#', cores), ((tiles.stats.bytesFetched - fetched) / 1e6).toFixed(1) + ' MB came in flight');
  } catch (e) {
    lines.push(e.stack ?? String(e));
  }
  await fetch('/result', { method: 'POST', body: lines.join('\\n') });
`;

const profile = await mkdtemp(path.join(os.tmpdir(), 'lodestream-bench-'));
let browser, linkFreeAt = 0;
const server = http.createServer(async (request, response) => {
  // Isolated pages have a clock of 5 µs; others one of 100.
  response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
  response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp');
  if (request.url === '/result') {
    for await (const text of request.setEncoding('utf8'))
      process.stdout.write(text);
    process.stdout.write('\n');
    browser.kill();
    server.close();
    server.closeAllConnections();
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
server.listen(0, '127.0.0.1', () => {
  browser = spawn('chromium', [
    '--headless', '--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
    '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--window-size=640,400',
    `--user-data-dir=${profile}`, `http://127.0.0.1:${server.address().port}/?scene=/scene/${document}`,
  ], { stdio: 'ignore' });
  browser.on('exit', () => rm(profile, { recursive: true, force: true, maxRetries: 5 }));
});
