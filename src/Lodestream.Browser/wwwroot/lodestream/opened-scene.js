// One opening of a scene: its number in C#, and what of the page answers to that.
import { CommandExecutor } from './commands.js';
import { Decoding } from './decoding.js';
import { EventQueue } from './events.js';
import { SharedBlock } from './protocol.js';
import { attachPage, detachPage } from './runtime.js';
import { Transport } from './transport.js';

/**
 * @typedef {object} OpeningOptions What C# reads by name (SceneOptions.cs), which has the defaults.
 * @property {number} [memoryBudgetBytes]
 * @property {number} [maximumRequests]
 * @property {number} [maximumRequestsPerHost]
 * @property {number} [uploadBudgetMs] milliseconds of uploads a frame
 * @property {number} [labelFadeMs] milliseconds in which a label comes or goes
 * @property {import('../lodestream.js').Policy} [policy] what says which tiles are wanted
 * @property {import('../lodestream.js').Admission} [admission] how full tiles of a manifest are admitted
 * @property {number} [recordingBytes] the session's recording may take, not packed; 0 for none
 * @property {boolean | import('../lodestream.js').BatchingOptions} [batching]
 * @property {string[]} [hiddenFamilies] that are neither fetched nor drawn
 */

export class OpenedScene {
  /** By this C# knows it. @type {number} */
  number;
  events;
  transport;
  decoding;
  block;
  executor;
  #exports;

  /**
   * @param {Awaited<ReturnType<typeof import('./runtime.js').boot>>} core
   * @param {string} url
   * @param {OpeningOptions} options
   * @param {import('./glb-images.js').BlockFormat | null} blocks what the GPU takes of Basis textures
   * @param {import('./tile-scene.js').TileScene} tileScene
   * @param {import('./labels/label-layer.js').LabelLayer} labels
   * @param {import('../lodestream.js').LodestreamTiles} tiles told what is shown, hidden and failed
   * @param {() => void} wake called when something came that the next frame should not wait for
   */
  constructor({ runtime, exports }, url, options, blocks, tileScene, labels, tiles, wake) {
    this.#exports = exports;
    this.events = new EventQueue(wake);
    this.transport = new Transport(this.events);
    this.decoding = new Decoding(this.events, blocks);
    this.number = exports.Open(url, JSON.stringify({ ...options, transcodesToPixels: blocks === null }));
    this.block = new SharedBlock(runtime, exports.Address(this.number));
    this.executor = new CommandExecutor(this.transport, this.decoding, tileScene, labels, this.events, tiles);
    attachPage(this.number, {
      range: (payload, offset, length) => this.transport.range(payload, offset, length),
      takeText: text => this.events.takeText(text),
      takeNumbers: numbers => this.events.takeNumbers(numbers),
      measureLabels: entries => labels.measure(entries),
    });
  }

  dispose() {
    this.transport.dispose();
    this.decoding.dispose();
    detachPage(this.number);
    this.#exports.Close(this.number);
  }
}
