// Which labels something hides: asked of the GPU, which has the depth of what it just drew. A dot at a label's place is tested against
// it inside an occlusion query; the answer comes a frame or two later, and nothing waits for it.
import * as THREE from 'three';

/** Queries under way at most: each is a draw call of its own. */
const MAXIMUM_QUERIES = 32;

/** Frames to wait for an answer: a GPU that gives none hides nothing. */
const PATIENCE = 120;

/** The dot's side, CSS pixels: one pixel of it seen is enough. */
const DOT = 5;

const VERTEX = /* glsl */`
uniform float size;
uniform float lift;
void main() {
  vec4 seen = modelViewMatrix * vec4(position, 1.0);
  // Above the ground it stands on, and nearer: a coarse tile's ground may lie higher than the place.
  seen.xyz *= 0.985;
  gl_Position = projectionMatrix * seen;
  gl_Position.y += lift * gl_Position.w;
  gl_PointSize = size;
}
`;

const FRAGMENT = /* glsl */`
void main() {
  gl_FragColor = vec4(1.0);
}
`;

/** @typedef {{ slot: number, version: number, index: number }} Watched A label whose sight is asked for: where its place is in the positions. */

export class SightTest {
  object;
  #report;
  #material;
  /** @type {Watched[]} */
  #watched = [];
  /** What was asked, and not answered. @type {{ query: WebGLQuery, slot: number, version: number, looks: number }[]} */
  #asked = [];
  /** @type {WebGLQuery[]} */
  #idle = [];
  /** What was answered last, by slot. @type {Map<number, { version: number, seen: boolean }>} */
  #known = new Map();
  /** The next to ask, and how many are still to be asked. */
  #next = 0;
  #left = 0;

  /**
   * @param {THREE.BufferGeometry} geometry positions of labels
   * @param {(slot: number, version: number, seen: boolean) => void} report told what has changed
   */
  constructor(geometry, report) {
    this.#report = report;
    this.#material = new THREE.ShaderMaterial({
      vertexShader: VERTEX, fragmentShader: FRAGMENT, uniforms: { size: { value: DOT }, lift: { value: 0 } }, colorWrite: false, depthWrite: false, transparent: true,
    });
    this.object = new THREE.Points(geometry, this.#material);
    this.object.frustumCulled = false;
    this.object.raycast = () => {};
    this.object.onBeforeRender = renderer => this.#prepare(renderer);
    this.object.onAfterRender = renderer => this.#ask(renderer);
  }

  /** Whether there is something to ask or to hear. */
  get isBusy() {
    return this.#asked.length > 0 || this.wantsPicture;
  }

  /** Whether it asks with the next picture. */
  get wantsPicture() {
    return this.#left > 0 && this.#watched.length > 0;
  }

  /** @param {Watched[]} watched */
  set watched(watched) {
    this.#watched = watched;
    const slots = new Set(watched.map(({ slot }) => slot));
    for (const slot of this.#known.keys()) {
      if (!slots.has(slot))
        this.#known.delete(slot);
    }
    const unknown = watched.findIndex(({ slot, version }) => this.#known.get(slot)?.version !== version);
    this.#left = unknown < 0 ? Math.min(this.#left, watched.length) : watched.length;
    // What is not known yet is waited for: it comes first.
    this.#next = Math.max(0, unknown);
  }

  /** The camera has moved, or what is drawn has changed: all that is known may be wrong. */
  touch() {
    this.#left = this.#watched.length;
  }

  /** Takes answers in. @param {THREE.WebGLRenderer} renderer */
  listen(renderer) {
    const gl = /** @type {WebGL2RenderingContext} */ (renderer.getContext());
    this.#asked = this.#asked.filter(asked => {
      const isAnswered = gl.getQueryParameter(asked.query, gl.QUERY_RESULT_AVAILABLE);
      if (!isAnswered && ++asked.looks < PATIENCE)
        return true;
      const { slot, version } = asked, seen = !isAnswered || Boolean(gl.getQueryParameter(asked.query, gl.QUERY_RESULT)), known = this.#known.get(slot);
      this.#idle.push(asked.query);
      if (known?.version !== version || known.seen !== seen) {
        this.#known.set(slot, { version, seen });
        this.#report(slot, version, seen);
      }
      return false;
    });
  }

  /** The GPU has forgotten what it was asked. */
  clear() {
    this.#asked.length = this.#idle.length = 0;
    this.#known.clear();
    this.touch();
  }

  dispose() {
    this.#material.dispose();
  }

  /** @param {THREE.WebGLRenderer} renderer */
  #prepare(renderer) {
    const { uniforms } = this.#material, { w: height } = renderer.getCurrentViewport(viewport);
    uniforms.size.value = DOT * renderer.getPixelRatio();
    uniforms.lift.value = 2 * DOT * renderer.getPixelRatio() / height;
    this.object.geometry.setDrawRange(0, 0);
  }

  // three.js has bound the program and the positions, and drawn none of them; here each is drawn alone.
  /** @param {THREE.WebGLRenderer} renderer */
  #ask(renderer) {
    const gl = /** @type {WebGL2RenderingContext} */ (renderer.getContext());
    // A page may have a query of its own under way; two at once are an error.
    if (gl.getQuery(gl.ANY_SAMPLES_PASSED_CONSERVATIVE, gl.CURRENT_QUERY) || gl.getQuery(gl.ANY_SAMPLES_PASSED, gl.CURRENT_QUERY))
      return;
    for (; this.#left > 0 && this.#asked.length < MAXIMUM_QUERIES && this.#watched.length > 0; this.#left--) {
      const { slot, version, index } = this.#watched[this.#next++ % this.#watched.length], query = this.#idle.pop() ?? gl.createQuery();
      gl.beginQuery(gl.ANY_SAMPLES_PASSED_CONSERVATIVE, query);
      gl.drawArrays(gl.POINTS, index, 1);
      gl.endQuery(gl.ANY_SAMPLES_PASSED_CONSERVATIVE);
      this.#asked.push({ query, slot, version, looks: 0 });
    }
  }
}

const viewport = new THREE.Vector4();
