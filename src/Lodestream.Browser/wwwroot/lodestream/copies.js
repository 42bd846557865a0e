// Payloads that stay in main memory, and the bytes of them that a worker needs for one mesh.

/** @typedef {[offset: number, length: number, at: number]} Piece Bytes of a file, and where they go. */

/**
 * @typedef {object} PickedFile A file that a worker gets: some bytes of one that is kept, the rest zero.
 * @property {number} from which of the kept files
 * @property {number} length
 * @property {Piece[]} pieces
 */

/** @typedef {{ files: PickedFile[], parts: import('./plan.js').PartPlan[] }} MeshPlan What C# wants decoded of a copy (DecodePlan.Mesh.cs). */

/** @typedef {{ bytes: [number, number], lz4: boolean, decoded: number }[]} KeepPlan Chunks of the first file that take its place, unpacked, each from a multiple of 16 bytes on; none where it stays as it is. */

export class PayloadCopies {
  /** @type {Map<number, ArrayBuffer[]>} */
  #copies = new Map();

  /** Bytes of all that is kept. */
  get bytes() {
    return [...this.#copies.values()].flat().reduce((sum, file) => sum + file.byteLength, 0);
  }

  /**
   * @param {number} ticket
   * @param {ArrayBuffer[]} files
   */
  keep(ticket, files) {
    this.#copies.set(ticket, files);
  }

  /** @param {number} ticket */
  drop(ticket) {
    return this.#copies.delete(ticket);
  }

  clear() {
    this.#copies.clear();
  }

  /**
   * Files with no more in them than a mesh needs, to be given away; null where the copy is gone.
   * @param {number} ticket
   * @param {PickedFile[]} wanted
   */
  pick(ticket, wanted) {
    const kept = this.#copies.get(ticket);
    return kept ? wanted.map(({ from, length, pieces }) => {
      const file = new Uint8Array(length);
      for (const [offset, bytes, at] of pieces)
        file.set(new Uint8Array(kept[from], offset, bytes), at);
      return file.buffer;
    }) : null;
  }
}
