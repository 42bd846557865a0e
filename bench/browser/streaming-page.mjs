// A page whose contents come over a simulated link and whose workers and GPU take their time, in virtual time: what is timed is the core.
export class StreamingPage {
  /** A frame's, in their order: src/Lodestream.Browser/StageTimes.cs. */
  static stages = ['events', 'prepare', 'receive', 'select', 'plan', 'upload', 'resolve', 'commit', 'label', 'report', 'tell'];
  /** Of the last tick: milliseconds as a whole, by stage, and how many events it heard. */
  times;
  fetched = 0;
  #world;
  #scene;
  #block;
  #read;
  #frameMs;
  #bytesPerMs;
  /** What will have happened, by when. @type {{ at: number, event: number[] }[]} */
  #coming = [];
  #payloads = new Map();
  #uploads = [];
  #aborted = new Set();
  #now = 0;
  #linkFreeAt = 0;

  /**
   * @param world { core, attachPage, readStatistics, protocol, clock, policy }
   * @param scene { read: a file's bytes by its path, document, megabits a second, frameMs }
   */
  constructor(world, { read, document, megabits, frameMs }) {
    const { core, policy } = world;
    this.#world = world;
    this.#read = read;
    this.#frameMs = frameMs;
    this.#bytesPerMs = megabits * 125;
    this.#scene = core.exports.Open(`http://127.0.0.1/scene/${document}`, JSON.stringify({ policy, uploadBudgetMs: 2 }));
    this.#block = new world.protocol.SharedBlock(core.runtime, core.exports.Address(this.#scene));
    world.attachPage(this.#scene, {
      range: (payload, offset, length) => this.#payloads.get(payload).subarray(offset, offset + length),
      takeText: () => 'failed',
      measureLabels: entries => Array.from({ length: entries.length / 3 }, () => [-40, -8, 40, 8]).flat(),
    });
    core.exports.TimeStages(this.#scene);
  }

  get isSettled() {
    return this.statistics.isOpen && this.statistics.pending === 0 && this.#coming.length === 0 && this.#uploads.length === 0;
  }

  tick(pose) {
    const { core, readStatistics, clock } = this.#world;
    this.#now += this.#frameMs;
    this.#runUploads();
    const due = this.#coming.filter(({ at }) => at <= this.#now).sort((a, b) => a.at - b.at).map(({ event }) => event);
    this.#coming = this.#coming.filter(({ at }) => at > this.#now);
    const events = due.length;
    this.#block.write(this.#now, 2, [pose], due);
    const began = clock();
    core.exports.Tick(this.#scene);
    const whole = clock() - began, stages = core.exports.TimeStages(this.#scene);
    this.times = { whole, events, stages: Object.fromEntries(StreamingPage.stages.map((name, i) => [name, stages[i]])) };
    const { commands, statistics } = this.#block.read();
    this.statistics = { isOpen: statistics[0] > 0, ...readStatistics(statistics) };
    while (!commands.done)
      this.#answer(commands);
  }

  // A millisecond each, four a frame.
  #runUploads() {
    for (const ticket of this.#uploads.splice(0, 4))
      this.#coming.push({ at: this.#now, event: [this.#world.protocol.PageEvent.Uploaded, ticket, 100000, 0, 1, 0] });
  }

  #fetch(id, uri) {
    const { PageEvent } = this.#world.protocol;
    let bytes;
    try {
      bytes = this.#read(new URL(uri).pathname.slice('/scene/'.length));
    } catch {
      this.#coming.push({ at: this.#now + 20, event: [PageEvent.Fetched, id, 2, 404, 0, 0, 20, 0] });
      return;
    }
    const at = this.#linkFreeAt = Math.max(this.#now, this.#linkFreeAt) + bytes.length / this.#bytesPerMs;
    this.fetched++;
    this.#payloads.set(id, bytes);
    this.#coming.push({ at: at - 1, event: [PageEvent.Headers, id, bytes.length] }, { at, event: [PageEvent.Fetched, id, 0, 200, bytes.length, 0, at - this.#now, 0] });
  }

  #answer(commands) {
    const { Command, PageEvent } = this.#world.protocol;
    switch (commands.word()) {
      case Command.Fetch: {
        const id = commands.word(), uri = commands.text();
        commands.word();
        this.#fetch(id, uri);
        break;
      }
      case Command.AbortFetch: {
        const id = commands.word();
        this.#coming = this.#coming.filter(({ event }) => !((event[0] === PageEvent.Fetched || event[0] === PageEvent.Headers) && event[1] === id));
        this.#payloads.delete(id);
        break;
      }
      case Command.DropPayload:
        this.#payloads.delete(commands.word());
        break;
      case Command.Decode: {
        const ticket = commands.word();
        this.#payloads.delete(commands.word());
        commands.words(commands.word());
        JSON.parse(commands.text());
        this.#coming.push({ at: this.#now + 20, event: [PageEvent.Decoded, ticket, 100000, 5] });
        break;
      }
      case Command.CancelDecode: {
        const ticket = commands.words(2)[0];
        this.#coming = this.#coming.filter(({ event }) => !(event[0] === PageEvent.Decoded && event[1] === ticket));
        this.#coming.push({ at: this.#now, event: [PageEvent.Released, ticket] });
        break;
      }
      case Command.Upload: {
        const [, ticket] = commands.words(2);
        commands.text();
        commands.word();
        this.#uploads.push(ticket);
        break;
      }
      case Command.Free: {
        const [, ticket] = commands.words(2);
        this.#uploads = this.#uploads.filter(waiting => waiting !== ticket);
        this.#coming.push({ at: this.#now, event: [PageEvent.Released, ticket] });
        break;
      }
      case Command.Show: {
        commands.words(4);
        commands.text();
        commands.words(commands.word());
        if (commands.word() >= 0)
          commands.words(10);
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
      case Command.Label:
        commands.words(6);
        commands.text();
        commands.text();
        break;
      case Command.Labels:
        commands.words(3 * commands.word());
        break;
      case Command.Report:
        commands.text();
        commands.text();
        break;
      default:
        throw new Error('a command this bench does not know');
    }
  }
}
