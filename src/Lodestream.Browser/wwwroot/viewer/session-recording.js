// The button that saves what happened: one press, since the session is recorded from its opening.

export class SessionRecording {
  #tiles;
  #say;
  #button = /** @type {HTMLElement} */ (document.getElementById('record'));

  /**
   * @param {import('../lodestream.js').LodestreamTiles} tiles
   * @param {(text: string) => void} say
   */
  constructor(tiles, say) {
    this.#tiles = tiles;
    this.#say = say;
    this.#button.addEventListener('click', () => this.save());
  }

  /** Downloads the recording; where the session has become too long to be kept, begins a new one instead, to be saved by the next press. */
  async save() {
    try {
      const recording = await this.#tiles.stopRecording();
      this.#button.setAttribute('aria-pressed', 'false');
      download(recording);
      this.#say(`The recording is saved (${(recording.length / 1e6).toFixed(recording.length < 1e6 ? 2 : 1)} MB): lodestream replay runs it again.`);
    } catch (error) {
      if (!(error instanceof RangeError))
        throw error;
      this.#tiles.startRecording();
      this.#button.setAttribute('aria-pressed', 'true');
      this.#say('The session has become too long to be kept. It begins anew and is recorded from here: press again to save it.');
    }
  }
}

/** @param {Uint8Array<ArrayBuffer>} bytes */
function download(bytes) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([bytes], { type: 'application/gzip' }));
  link.download = 'lodestream.trace';
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
