// Does what C# decided, in its order.
import { MaterialNumbers } from './batch-report.js';
import { Command, PageEvent } from './protocol.js';

export class CommandExecutor {
  #transport;
  #decoding;
  #tiles;
  #labels;
  #events;
  #listeners;
  #materials = new MaterialNumbers();

  /**
   * @param {import('./transport.js').Transport} transport
   * @param {import('./decoding.js').Decoding} decoding
   * @param {import('./tile-scene.js').TileScene} tiles
   * @param {import('./labels/label-layer.js').LabelLayer} labels
   * @param {import('./events.js').EventQueue} events
   * @param {import('../lodestream.js').LodestreamTiles} listeners who hears of tiles shown, hidden and failed
   */
  constructor(transport, decoding, tiles, labels, events, listeners) {
    this.#transport = transport;
    this.#decoding = decoding;
    this.#tiles = tiles;
    this.#labels = labels;
    this.#events = events;
    this.#listeners = listeners;
  }

  /**
   * @param {import('./protocol.js').CommandReader} commands
   * @returns {{ changed: boolean, labelled: boolean }} whether tiles that are drawn have changed, and whether labels have
   */
  run(commands) {
    let changed = false, labelled = false;
    while (!commands.done) {
      const command = commands.word();
      switch (command) {
        case Command.Fetch:
          this.#transport.start(commands.word(), commands.text(), commands.word() !== 0);
          break;
        case Command.AbortFetch:
          this.#transport.abort(commands.word());
          break;
        case Command.DropPayload:
          this.#transport.drop(commands.word());
          break;
        case Command.Decode:
          this.#decode(commands);
          break;
        case Command.KeepCopy:
          this.#keep(commands);
          break;
        case Command.DecodeMesh:
          this.#decoding.startMesh(commands.word(), commands.word(), JSON.parse(commands.text()));
          break;
        case Command.DropCopy:
          this.#decoding.dropCopy(commands.word());
          break;
        case Command.CancelDecode:
          this.#decoding.cancel(commands.word(), commands.word() !== 0);
          break;
        case Command.Upload:
          this.#upload(commands.word(), commands.word(), commands.text(), commands.word() !== 0);
          break;
        case Command.Free:
          this.#free(commands.word(), commands.word());
          break;
        case Command.Show:
          this.#show(commands);
          changed = true;
          break;
        case Command.Replace:
          this.#tiles.replace(commands.word());
          changed = true;
          break;
        case Command.Label:
          this.#labels.hold(commands.word(), commands.word(), Array.from(commands.words(3)), commands.word(), commands.text(), commands.text());
          break;
        case Command.Labels:
          this.#labels.place(commands.words(3 * commands.word()));
          labelled = true;
          break;
        case Command.Hide:
          this.#hide(commands.word());
          changed = true;
          break;
        case Command.BuildBatch:
          this.#buildBatch(commands);
          break;
        case Command.SwapInBatch:
          // Nobody can tell by the picture: it need not be drawn again for that.
          this.#tiles.batches.swapIn(commands.word());
          break;
        case Command.DropBatch:
          changed = this.#tiles.batches.drop(commands.word()) || changed;
          break;
        case Command.ReleaseBatch:
          this.#tiles.batches.release(commands.word());
          break;
        case Command.Report:
          this.#listeners.dispatchEvent({ type: 'tile-error', uri: commands.text(), error: commands.text() });
          break;
        default:
          throw new Error(`C# sent command ${command}, which this page does not know: its files are of different versions.`);
      }
    }
    return { changed, labelled };
  }

  /** @param {import('./protocol.js').CommandReader} commands */
  #decode(commands) {
    const ticket = commands.word(), content = commands.word(), files = Array.from(commands.words(commands.word()));
    this.#decoding.start(ticket, [content, ...files].map(payload => this.#transport.take(payload)), JSON.parse(commands.text()));
  }

  /** @param {import('./protocol.js').CommandReader} commands */
  #keep(commands) {
    const ticket = commands.word(), content = commands.word(), files = Array.from(commands.words(commands.word()));
    this.#decoding.keep(ticket, [content, ...files].map(payload => this.#transport.take(payload)), JSON.parse(commands.text()));
  }

  /**
   * @param {number} content
   * @param {number} ticket
   * @param {string} uri
   * @param {boolean} keeps whether it is to be kept for batches
   */
  #upload(content, ticket, uri, keeps) {
    const failed = (/** @type {Error} */ error) => this.#events.post([PageEvent.UploadFailed, ticket, this.#events.keepText(error.message)]);
    const decoded = this.#decoding.take(ticket);
    if (!decoded) {
      failed(new Error('what was decoded is gone'));
      return;
    }
    try {
      this.#tiles.upload(content, ticket, uri, keeps, decoded, (made, milliseconds) =>
        this.#events.post([PageEvent.Uploaded, ticket, made.geometryBytes, made.textureBytes, milliseconds, keeps ? this.#events.keepNumbers(this.#materials.report(made)) : 0]), failed);
    } catch (error) {
      failed(/** @type {Error} */ (error));
    }
  }

  /**
   * @param {number} content
   * @param {number} ticket
   */
  #free(content, ticket) {
    this.#decoding.drop(ticket);
    this.#tiles.cancelUpload(ticket);
    this.#tiles.free(content, ticket, () => this.#events.post([PageEvent.Released, ticket]));
  }

  /** @param {import('./protocol.js').CommandReader} commands */
  #buildBatch(commands) {
    const batch = commands.word(), epoch = commands.word(), bounds = Array.from(commands.words(6)), words = commands.words(2 * commands.word());
    const members = Array.from({ length: words.length / 2 }, (_, i) => ({ content: words[2 * i], mesh: words[2 * i + 1] }));
    this.#tiles.batches.build(batch, bounds, members, () => this.#events.post([PageEvent.BatchBuilt, batch, epoch]), () => this.#events.post([PageEvent.BatchFailed, batch, epoch]));
  }

  /** @param {import('./protocol.js').CommandReader} commands */
  #show(commands) {
    const region = commands.word(), source = commands.word(), level = commands.word(), representation = commands.word(), mask = commands.word(), key = commands.text();
    const contents = Array.from(commands.words(commands.word())), map = readMap(commands);
    const transform = Array.from(commands.words(16)), center = Array.from(commands.words(3));
    const keep = commands.word() ? { axes: Array.from(commands.words(9)), bounds: Array.from(commands.words(6)) } : null;
    const count = commands.word();
    const children = count ? { axes: Array.from(commands.words(9)), bounds: Array.from(commands.words(6 * count)) } : null;
    this.#tell('tile-shown', this.#tiles.show({ region, source, level, representation, key, contents, map, transform, cells: { center, keep, mask, children } }));
  }

  /** @param {number} region */
  #hide(region) {
    const item = this.#tiles.hide(region);
    if (item)
      this.#tell('tile-hidden', item);
  }

  /**
   * @param {'tile-shown' | 'tile-hidden'} type
   * @param {import('./tile-scene.js').DrawItem} item
   */
  #tell(type, { contents, key, level }) {
    for (const content of contents)
      this.#listeners.dispatchEvent({ type, uri: this.#tiles.contents.get(content)?.uri ?? '', key, level });
  }
}

/**
 * @param {import('./protocol.js').CommandReader} commands
 * @returns {import('./tile-scene.js').MapUse | null}
 */
function readMap(commands) {
  const content = commands.word();
  return content < 0 ? null : { content, terrain: commands.word(), origin: Array.from(commands.words(3)), u: Array.from(commands.words(3)), v: Array.from(commands.words(3)) };
}
