// Decoders that build/place-web-files.mjs makes modules of.
declare module 'lodestream-decoders/*' {
  const start: (options: { wasmBinary: ArrayBuffer }) => Promise<any>;
  export default start;
  /** The decoder's WebAssembly. */
  export const wasm: URL;
}
