// Boots the bundle in Node, opens a scene, runs a frame, and prints what C# asked for. Usage: node boot-in-node.mjs WEBROOT
import { pathToFileURL } from 'node:url';

const root = pathToFileURL(process.argv[2].replace(/\/?$/, '/'));
const { attachPage, boot } = await import(new URL('lodestream/runtime.js', root).href);
const { Command, SharedBlock } = await import(new URL('lodestream/protocol.js', root).href);

const { runtime, exports } = await boot(new URL('_framework/', root));
const scene = exports.Open('https://example.test/world/tileset.json', '{}');
attachPage(scene, { range: () => new Uint8Array(0), takeText: () => '' });
const block = new SharedBlock(runtime, exports.Address(scene));
block.write(1000, 5, [{ position: [0, 0, 1000], direction: [0, 0, -1], up: [0, 1, 0], fovY: 1, width: 800, height: 600, near: 1, far: 1e5, targetErrorPx: 16 }], []);
exports.Tick(scene);
const { commands } = block.read();
const asked = commands.word() === Command.Fetch ? (commands.word(), commands.text()) : '(no fetch)';
console.log(JSON.stringify({ asked, frameId: JSON.parse(exports.DebugState(scene)).visibilitySetFrameId }));
exports.Close(scene);
process.exit(0);
