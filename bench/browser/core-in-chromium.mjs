// Times the core in a headless Chromium. Usage: see README.md.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';

const bench = path.dirname(process.argv[1]), viewer = path.resolve(bench, '../../src/Lodestream.Browser/bin/publish/wwwroot');
const types = { '.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript', '.wasm': 'application/wasm' };
const page = `<!doctype html><script type="module">
  import { run } from '/bench/core-bench.mjs';
  const lines = [];
  await run({ root: new URL('/viewer/', location), clock: () => performance.now(), print: line => lines.push(line) }).catch(e => lines.push(e.stack));
  await fetch('/result', { method: 'POST', body: lines.join('\\n') });
</script>`;

const profile = await mkdtemp(path.join(os.tmpdir(), 'lodestream-bench-'));
let browser;
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
    return;
  }
  const file = request.url.startsWith('/bench/') ? path.join(bench, request.url.slice(7)) : path.join(viewer, request.url.slice(8));
  const body = request.url === '/' ? page : await readFile(file).catch(() => null);
  response.writeHead(body ? 200 : 404, { 'Content-Type': request.url === '/' ? 'text/html' : types[path.extname(file)] ?? 'application/octet-stream' });
  response.end(body);
});
server.listen(0, '127.0.0.1', () => {
  browser = spawn('chromium', [
    '--headless', '--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync',
    `--user-data-dir=${profile}`, `http://127.0.0.1:${server.address().port}/`,
  ], { stdio: 'ignore' });
  browser.on('exit', () => rm(profile, { recursive: true, force: true, maxRetries: 5 }));
});
