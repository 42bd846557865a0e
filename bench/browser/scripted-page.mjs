// A page whose link, workers and GPU take their time in virtual time, or none: what is timed is the core. C#'s commands are read by the
// viewer's own executor.

/** The stages of a frame's C#, in their order: src/Lodestream.Browser/StageTimes.cs. */
export const stages = ['events', 'prepare', 'receive', 'select', 'plan', 'upload', 'resolve', 'commit', 'label', 'report', 'tell'];

export class ScriptedPage {
  /** Milliseconds the last tick took, and how many events it heard. */
  tickMs = 0;
  heard = 0;
  /** Contents asked for. */
  fetched = 0;
  #world;
  #files;
  #scene;
  #block;
  #executor;
  /** What will have happened, by when. @type {{ at: number, event: number[] }[]} */
  #coming = [];
  #payloads = new Map();
  /** @type {{ ticket: number, done: () => void }[]} */
  #uploads = [];
  #now = 0;
  #linkFreeAt = 0;

  /**
   * @param world { core, attachPage, readStatistics, protocol, CommandExecutor, clock }
   * @param files { read: a file's bytes by its URI's path, or nothing; document: the scene's path; megabits a second; frameMs from tick to tick; workMs that decoding takes; uploadsPerFrame }
   * @param options the scene's
   */
  constructor(world, files, options) {
    this.#world = world;
    this.#files = { megabits: Infinity, frameMs: 16, workMs: 0, uploadsPerFrame: Infinity, ...files };
    const { core, protocol } = world, { PageEvent } = protocol;
    this.#scene = core.exports.Open(`http://127.0.0.1${this.#files.document}`, JSON.stringify(options));
    this.#block = new protocol.SharedBlock(core.runtime, core.exports.Address(this.#scene));
    world.attachPage(this.#scene, {
      range: (payload, offset, length) => this.#payloads.get(payload).subarray(offset, offset + length),
      takeText: () => 'failed',
      measureLabels: entries => Array.from({ length: entries.length / 3 }, () => [-40, -8, 40, 8]).flat(),
    });
    const nothing = () => undefined, shown = { contents: [] };
    this.#executor = new world.CommandExecutor(
      { start: (id, uri) => this.#fetch(id, uri), abort: id => this.#abort(id), drop: id => this.#payloads.delete(id), take: id => this.#payloads.delete(id) },
      { start: ticket => this.#post(this.#files.workMs, [PageEvent.Decoded, ticket, 1000, 1]), cancel: ticket => this.#release(ticket), take: () => true, drop: nothing },
      {
        upload: (content, ticket, uri, keeps, decoded, done) => this.#uploads.push({ ticket, done: () => done({ geometryBytes: 100, textureBytes: 0 }, 0.01) }),
        cancelUpload: ticket => this.#uploads = this.#uploads.filter(upload => upload.ticket !== ticket),
        show: () => shown, hide: nothing, replace: nothing, free: (content, ticket, done) => done(), contents: new Map(),
      },
      { hold: nothing, place: nothing }, { post: event => this.#post(0, event), keepText: () => 1 }, { dispatchEvent: nothing });
  }

  /** Whether nothing is missing or under way. */
  get isSettled() {
    return this.statistics.topologyKnown > 0 && this.statistics.pending === 0 && this.#coming.length === 0 && this.#uploads.length === 0;
  }

  untilSettled(pose) {
    const ticks = [];
    do {
      this.tick(pose);
      ticks.push(this.tickMs);
      if (ticks.length > 20000)
        throw new Error(`never settled: ${this.#world.core.exports.DebugState(this.#scene)}`);
    } while (!this.isSettled || this.wakeKind === 0);
    return ticks;
  }

  tick(pose) {
    const { core, clock, readStatistics } = this.#world;
    this.#now += this.#files.frameMs;
    this.#uploads.splice(0, this.#files.uploadsPerFrame).forEach(({ done }) => done());
    const due = this.#coming.filter(({ at }) => at <= this.#now).sort((a, b) => a.at - b.at).map(({ event }) => event);
    this.heard = due.length;
    this.#coming = this.#coming.filter(({ at }) => at > this.#now);
    this.#block.write(this.#now, 2, [pose], due);
    // Those the block has no room for wait for the next tick.
    due.forEach(event => this.#post(0, event));
    const began = clock();
    core.exports.Tick(this.#scene);
    this.tickMs = clock() - began;
    const { commands, statistics, wakeKind } = this.#block.read();
    this.statistics = readStatistics(statistics);
    this.wakeKind = wakeKind;
    this.#executor.run(commands);
  }

  /** What each stage of the last tick took, milliseconds; measured from the first question on. @returns {number[]} */
  stageTimes() {
    return this.#world.core.exports.TimeStages(this.#scene);
  }

  /** Bytes of the session's recording, not packed. */
  recordingLength() {
    return this.#world.core.exports.TakeRecording(this.#scene).length;
  }

  close() {
    this.#world.core.exports.Close(this.#scene);
  }

  #post(afterMs, event) {
    this.#coming.push({ at: this.#now + afterMs, event });
  }

  #fetch(id, uri) {
    const { PageEvent, FetchStatus } = this.#world.protocol, bytes = this.#files.read(new URL(uri).pathname);
    this.fetched++;
    if (!bytes) {
      this.#post(0, [PageEvent.Fetched, id, FetchStatus.NotFound, 404, 0, 0, 0, 0]);
      return;
    }
    this.#linkFreeAt = Math.max(this.#now, this.#linkFreeAt) + bytes.length / (this.#files.megabits * 125);
    this.#payloads.set(id, bytes);
    this.#post(this.#linkFreeAt - this.#now, [PageEvent.Fetched, id, FetchStatus.Ok, 200, bytes.length, 0, 1, 0]);
  }

  #abort(id) {
    this.#payloads.delete(id);
    this.#coming = this.#coming.filter(({ event }) => event[0] !== this.#world.protocol.PageEvent.Fetched || event[1] !== id);
  }

  #release(ticket) {
    const { PageEvent } = this.#world.protocol;
    this.#coming = this.#coming.filter(({ event }) => event[0] !== PageEvent.Decoded || event[1] !== ticket);
    this.#post(0, [PageEvent.Released, ticket]);
  }
}
