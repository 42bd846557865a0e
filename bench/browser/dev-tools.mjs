// A browser's developer tools over the pipe it was started with: pages and traces.
export class DevTools {
  #to;
  #next = 1;
  #asked = new Map();
  #events = [];
  #ended = () => {};

  /**
   * @param to a writable stream: the browser's file descriptor 3
   * @param from a readable one: its 4
   */
  constructor(to, from) {
    this.#to = to;
    let text = '';
    from.setEncoding('utf8').on('data', more => {
      const messages = (text + more).split('\0');
      text = messages.pop();
      messages.forEach(message => this.#hear(JSON.parse(message)));
    });
  }

  /** @param {string} url */
  open(url) {
    return this.#ask('Target.createTarget', { url });
  }

  /** @param {string[]} categories */
  startTracing(categories) {
    return this.#ask('Tracing.start', { transferMode: 'ReportEvents', traceConfig: { includedCategories: categories } });
  }

  /** The trace's events. */
  async endTracing() {
    const ended = new Promise(resolve => this.#ended = resolve);
    await this.#ask('Tracing.end');
    await ended;
    return this.#events;
  }

  #ask(method, params = {}) {
    const id = this.#next++;
    this.#to.write(JSON.stringify({ id, method, params }) + '\0');
    return new Promise((resolve, reject) => this.#asked.set(id, { resolve, reject }));
  }

  #hear({ id, method, params, result, error }) {
    if (method === 'Tracing.dataCollected')
      this.#events.push(...params.value);
    else if (method === 'Tracing.tracingComplete')
      this.#ended();
    const asked = this.#asked.get(id);
    this.#asked.delete(id);
    if (error)
      asked?.reject(new Error(error.message));
    else
      asked?.resolve(result);
  }
}
