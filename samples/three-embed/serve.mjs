// Serves the page, the published bundle and a folder with a tileset. Usage: node serve.mjs FOLDER [PORT]
import { createReadStream, existsSync, statSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const here = path.dirname(fileURLToPath(import.meta.url)), bundle = path.resolve(here, '../../src/Lodestream.Browser/bin/publish/wwwroot');
const types = { '.html': 'text/html', '.js': 'text/javascript', '.json': 'application/json', '.wasm': 'application/wasm' };
const [folder, port = '5081'] = process.argv.slice(2);
if (!folder || !existsSync(path.join(folder, 'tileset.json')) || !existsSync(bundle)) {
  console.error(existsSync(bundle) ? 'Usage: node serve.mjs FOLDER [PORT], where FOLDER holds a tileset.json.' : `${bundle} is not there: dotnet publish src/Lodestream.Browser -c Release`);
  process.exit(2);
}

http.createServer((request, response) => {
  const asked = path.posix.normalize(decodeURIComponent(new URL(request.url, 'http://localhost').pathname));
  const file = asked === '/' ? path.join(here, 'index.html') : asked.startsWith('/scene/') ? path.join(folder, asked.slice(7)) : path.join(bundle, asked);
  if (!existsSync(file) || !statSync(file).isFile()) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, { 'Content-Type': types[path.extname(file)] ?? 'application/octet-stream', 'Content-Length': statSync(file).size });
  createReadStream(file).pipe(response);
}).listen(Number(port), '127.0.0.1', () => console.log(`http://127.0.0.1:${port}/`));
