// A page that answers at once, in the next frame: what is timed is the core.
export class ScriptedPage {
  #scene;
  #block;
  #events = [];
  #payloads = new Map();
  #now = 0;
  #core;
  #protocol;
  #glb;
  #read;
  #clock;
  /** Milliseconds the last tick took. */
  tickMs = 0;

  /**
   * @param world { core, attachPage, readStatistics, protocol, clock, recordingBytes }
   * @param json the scene's document
   * @param glb every tile's content
   */
  constructor(world, json, glb) {
    this.json = json;
    this.#core = world.core;
    this.#glb = glb;
    this.#protocol = world.protocol;
    this.#read = world.readStatistics;
    this.#clock = world.clock;
    const { core } = world;
    this.#scene = core.exports.Open('http://127.0.0.1/bench/tileset.json', JSON.stringify({
      memoryBudgetBytes: 4e9, maximumRequestsPerHost: 24, uploadBudgetMs: 1e6, recordingBytes: world.recordingBytes,
    }));
    this.#block = new world.protocol.SharedBlock(core.runtime, core.exports.Address(this.#scene));
    world.attachPage(this.#scene, { range: (payload, offset, length) => this.#payloads.get(payload).subarray(offset, offset + length), takeText: () => 'failed' });
  }

  untilSettled(pose) {
    const ticks = [];
    do {
      this.tick(pose);
      ticks.push(this.tickMs);
      if (ticks.length > 20000)
        throw new Error(`never settled: ${this.#core.exports.DebugState(this.#scene)}`);
    } while (this.statistics.pending > 0 || this.#events.length > 0 || this.wakeKind === 0);
    return ticks;
  }

  tick(pose) {
    this.#block.write(this.#now += 16, 3, [pose], this.#events);
    const began = this.#clock();
    this.#core.exports.Tick(this.#scene);
    this.tickMs = this.#clock() - began;
    const { commands, statistics, wakeKind } = this.#block.read();
    this.statistics = this.#read(statistics);
    this.wakeKind = wakeKind;
    while (!commands.done)
      this.#answer(commands);
  }

  /** Bytes of the session's recording, not packed. */
  recordingLength() {
    return this.#core.exports.TakeRecording(this.#scene).length;
  }

  close() {
    this.#core.exports.Close(this.#scene);
  }

  #answer(commands) {
    const { Command, PageEvent } = this.#protocol;
    switch (commands.word()) {
      case Command.Fetch: {
        const id = commands.word(), bytes = commands.text().endsWith('.json') ? this.json : this.#glb;
        commands.word();
        this.#payloads.set(id, bytes);
        this.#events.push([PageEvent.Fetched, id, 0, 200, bytes.length, 0, 1, 0]);
        break;
      }
      case Command.AbortFetch: case Command.DropPayload:
        this.#payloads.delete(commands.word());
        break;
      case Command.Decode: {
        const ticket = commands.word();
        commands.word();
        commands.words(commands.word());
        commands.text();
        this.#events.push([PageEvent.Decoded, ticket, 1000, 1]);
        break;
      }
      case Command.CancelDecode:
        this.#events.push([PageEvent.Released, commands.words(2)[0]]);
        break;
      case Command.Upload:
        this.#events.push([PageEvent.Uploaded, commands.words(5)[1], 100, 0, 0.01]);
        break;
      case Command.Free:
        this.#events.push([PageEvent.Released, commands.words(2)[1]]);
        break;
      case Command.Show: {
        commands.words(4);
        commands.text();
        commands.words(commands.word());
        commands.words(19);
        if (commands.word())
          commands.words(15);
        const children = commands.word();
        if (children)
          commands.words(9 + 6 * children);
        break;
      }
      case Command.Hide:
        commands.word();
        break;
      default:
        commands.words(4);
    }
  }
}
