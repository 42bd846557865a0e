// Does what C# decided, in its order.
import { Command, PageEvent } from './protocol.js';

export class CommandExecutor {
  #transport;
  #decoding;
  #tiles;
  #events;
  #listeners;

  /**
   * @param {import('./transport.js').Transport} transport
   * @param {import('./decoding.js').Decoding} decoding
   * @param {import('./tile-scene.js').TileScene} tiles
   * @param {import('./events.js').EventQueue} events
   * @param {import('../lodestream.js').LodestreamTiles} listeners who hears of tiles shown, hidden and failed
   */
  constructor(transport, decoding, tiles, events, listeners) {
    this.#transport = transport;
    this.#decoding = decoding;
    this.#tiles = tiles;
    this.#events = events;
    this.#listeners = listeners;
  }

  /**
   * @param {import('./protocol.js').CommandReader} commands
   * @returns {boolean} whether what is drawn has changed
   */
  run(commands) {
    let changed = false;
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
        case Command.CancelDecode:
          this.#decoding.cancel(commands.word(), commands.word() !== 0);
          break;
        case Command.Upload:
          this.#upload(commands.word(), commands.word(), commands.text());
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
        case Command.Hide:
          this.#hide(commands.word());
          changed = true;
          break;
        case Command.Report:
          this.#listeners.dispatchEvent({ type: 'tile-error', uri: commands.text(), error: commands.text() });
          break;
        default:
          throw new Error(`C# sent command ${command}, which this page does not know: its files are of different versions.`);
      }
    }
    return changed;
  }

  /** @param {import('./protocol.js').CommandReader} commands */
  #decode(commands) {
    const ticket = commands.word(), payload = commands.word(), offset = commands.word(), length = commands.word();
    this.#decoding.start(ticket, this.#transport.take(payload), offset, length, Array.from(commands.words(3)));
  }

  /**
   * @param {number} content
   * @param {number} ticket
   * @param {string} uri
   */
  #upload(content, ticket, uri) {
    const decoded = this.#decoding.take(ticket), began = performance.now();
    try {
      if (!decoded)
        throw new Error('what was decoded is gone');
      const { geometryBytes, textureBytes } = this.#tiles.upload(content, ticket, uri, decoded);
      this.#events.post([PageEvent.Uploaded, ticket, geometryBytes, textureBytes, performance.now() - began]);
    } catch (error) {
      this.#events.post([PageEvent.UploadFailed, ticket, this.#events.keepText(/** @type {Error} */ (error).message)]);
    }
  }

  /**
   * @param {number} content
   * @param {number} ticket
   */
  #free(content, ticket) {
    this.#decoding.drop(ticket);
    this.#tiles.free(content, ticket, () => this.#events.post([PageEvent.Released, ticket]));
  }

  /** @param {import('./protocol.js').CommandReader} commands */
  #show(commands) {
    const region = commands.word(), source = commands.word(), level = commands.word(), mask = commands.word(), key = commands.text();
    const contents = Array.from(commands.words(commands.word()));
    const transform = Array.from(commands.words(16)), center = Array.from(commands.words(3));
    const keep = commands.word() ? { axes: Array.from(commands.words(9)), bounds: Array.from(commands.words(6)) } : null;
    const count = commands.word();
    const children = count ? { axes: Array.from(commands.words(9)), bounds: Array.from(commands.words(6 * count)) } : null;
    this.#tell('tile-shown', this.#tiles.show({ region, source, level, key, contents, transform, cells: { center, keep, mask, children } }));
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
