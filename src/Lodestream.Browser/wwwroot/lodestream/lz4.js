// LZ4 blocks without a frame, as Lz4Block.cs reads them.

/**
 * Decodes a block; throws where it is broken, with the byte.
 * @param {Uint8Array<ArrayBuffer>} block
 * @param {number} length of what it decodes to
 */
export function decodeLz4(block, length) {
  const target = new Uint8Array(length);
  let from = 0, to = 0;
  const broken = (/** @type {string} */ what) => new Error(`a compressed block ${what} (byte ${from} of the block)`);
  const lengthOf = (/** @type {number} */ first) => {
    let sum = first;
    for (let next = first === 15 ? 255 : 0; next === 255; sum += next) {
      if (from === block.length)
        throw broken('ends within a length');
      next = block[from++];
    }
    return sum;
  };
  while (from < block.length) {
    const token = block[from++], literals = lengthOf(token >> 4);
    if (literals > block.length - from || literals > length - to)
      throw broken(`has ${literals} literals, for which there is no room`);
    target.set(block.subarray(from, from + literals), to);
    from += literals;
    to += literals;
    if (from === block.length) {
      if (to !== length)
        throw broken(`decodes to ${to} bytes of ${length}`);
      return target;
    }
    if (block.length - from < 2)
      throw broken('ends within an offset');
    const offset = block[from] | block[from + 1] << 8;
    if (offset === 0 || offset > to)
      throw broken(`repeats what is ${offset} bytes before byte ${to}`);
    from += 2;
    const more = lengthOf(token & 15) + 4;
    if (more > length - to)
      throw broken(`decodes to more than ${length} bytes`);
    if (offset >= more) {
      target.copyWithin(to, to - offset, to - offset + more);
      to += more;
    } else {
      // A match may reach into itself: then what it repeats is repeated again.
      for (const end = to + more; to < end; to++)
        target[to] = target[to - offset];
    }
  }
  throw broken('ends without its last literals');
}
