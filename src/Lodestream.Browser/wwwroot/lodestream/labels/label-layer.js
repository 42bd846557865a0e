// Draws the core's label list: pictures of names, each pixel on a pixel of the screen, over everything else.
import * as THREE from 'three';
import { LabelAtlas } from './label-atlas.js';
import { measureLabel, styleOf } from './label-style.js';
import { SightTest } from './sight.js';

/** Over everything a page is likely to draw. */
const ORDER = 1e6;

/** The GPU's floats count from a point near the eye; farther than this from it, another one is taken. Metres. */
const REACH = 2000;

/**
 * @typedef {object} HeldLabel
 * @property {number} slot
 * @property {number} version
 * @property {number[]} position scene frame, metres
 * @property {number} rank
 * @property {string} kind
 * @property {string} name
 * @property {import('./label-style.js').LabelStyle} style
 * @property {THREE.Color} ink
 * @property {THREE.Color} halo
 * @property {import('./label-style.js').LabelMetrics} metrics
 * @property {import('./label-atlas.js').Sprite | null} sprite
 */

/** @typedef {{ label: HeldLabel, opacity: number, watched: boolean }} PlacedLabel */

const VERTEX = /* glsl */`
attribute vec3 place;
attribute vec4 picture;
attribute vec2 offset;
attribute vec4 ink;
attribute vec3 halo;
uniform vec2 screen;
varying vec2 vTexel;
varying vec4 vInk;
varying vec3 vHalo;
void main() {
  vec4 clip = projectionMatrix * modelViewMatrix * vec4(place, 1.0);
  if (clip.w <= 0.0) {
    gl_Position = vec4(2.0, 2.0, 2.0, 1.0);
    return;
  }
  // The place is rounded to a pixel's corner: letters stay as sharp as they were drawn.
  vec2 at = floor((clip.xy / clip.w * 0.5 + 0.5) * screen + 0.5);
  vec2 inPicture = position.xy * picture.zw;
  gl_Position = vec4((at + (offset + inPicture) * vec2(1.0, -1.0)) / screen * 2.0 - 1.0, 0.0, 1.0);
  vTexel = picture.xy + inPicture;
  vInk = ink;
  vHalo = halo;
}
`;

const FRAGMENT = /* glsl */`
uniform sampler2D pictures;
varying vec2 vTexel;
varying vec4 vInk;
varying vec3 vHalo;
void main() {
  vec2 covered = texelFetch(pictures, ivec2(vTexel), 0).rg;
  float around = covered.r * 0.8 * (1.0 - covered.g), alpha = covered.g + around;
  gl_FragColor = vec4((vInk.rgb * covered.g + vHalo * around) / max(alpha, 1e-4), alpha * vInk.a);
  #include <colorspace_fragment>
}
`;

export class LabelLayer {
  /** In the scene's frame. */
  object = new THREE.Group();
  #renderer;
  #atlas;
  #sight;
  #mesh;
  #material;
  #scale;
  /** @type {Map<number, HeldLabel>} by slot */
  #labels = new Map();
  /** @type {PlacedLabel[]} the less important first: what is drawn later lies over it */
  #placed = [];
  #capacity = 0;
  #spots = new THREE.BufferGeometry();
  #anchor = new THREE.Vector3();

  /**
   * @param {THREE.WebGLRenderer} renderer
   * @param {(slot: number, version: number, seen: boolean) => void} onSight told which labels are seen, as far as it is not known
   */
  constructor(renderer, onSight) {
    this.#renderer = renderer;
    this.#atlas = new LabelAtlas(renderer);
    this.#scale = renderer.getPixelRatio();
    this.#atlas.clear(this.#scale);
    this.#material = new THREE.ShaderMaterial({
      vertexShader: VERTEX, fragmentShader: FRAGMENT, transparent: true, depthTest: false, depthWrite: false, toneMapped: false,
      uniforms: { screen: { value: new THREE.Vector2() }, pictures: { value: this.#atlas.texture } },
    });
    this.#mesh = new THREE.Mesh(new THREE.InstancedBufferGeometry(), this.#material);
    this.#mesh.onBeforeRender = current => {
      const { z, w } = current.getCurrentViewport(viewport);
      this.#material.uniforms.screen.value.set(z, w);
    };
    this.#sight = new SightTest(this.#spots, onSight);
    for (const object of [this.#mesh, this.#sight.object]) {
      object.frustumCulled = false;
      object.renderOrder = ORDER;
      object.raycast = () => {};
      object.visible = false;
      this.object.add(object);
    }
    this.#sight.object.renderOrder = ORDER - 1;
    this.object.name = 'lodestream-labels';
    this.object.matrixAutoUpdate = false;
  }

  /** Whether answers of the GPU are waited for, or it is to be asked with the next picture. */
  get isBusy() {
    return this.#sight.isBusy;
  }

  /** Whether a picture is wanted though nothing in it has changed: the GPU is asked with it. */
  get wantsPicture() {
    return this.#sight.wantsPicture;
  }

  /** What is drawn, for those who look at it: names, places and strengths. */
  get shown() {
    return this.#placed.filter(({ opacity }) => opacity > 0).map(({ label: { name, kind, rank, position }, opacity }) => ({ name, kind, rank, position, opacity }));
  }

  /**
   * Measures labels for the core: name, kind and rank of each, one after the other.
   * @param {(string | number)[]} words
   * @returns {number[]} left, top, right and bottom of each
   */
  measure(words) {
    /** @type {number[]} */
    const boxes = [];
    for (let i = 0; i < words.length; i += 3) {
      const { left, top, right, bottom } = measureLabel(this.#atlas.context, String(words[i]), styleOf(String(words[i + 1]), Number(words[i + 2])));
      boxes.push(left, top, right, bottom);
    }
    return boxes;
  }

  /**
   * What a slot holds from now on.
   * @param {number} slot
   * @param {number} version
   * @param {number[]} position
   * @param {number} rank
   * @param {string} kind
   * @param {string} name
   */
  hold(slot, version, position, rank, kind, name) {
    const before = this.#labels.get(slot), style = styleOf(kind, rank);
    const sprite = before?.name === name && before.kind === kind && before.rank === rank ? before.sprite : null;
    this.#labels.set(slot, {
      slot, version, position, rank, kind, name, style, sprite, metrics: measureLabel(this.#atlas.context, name, style), ink: new THREE.Color(style.color), halo: new THREE.Color(style.halo),
    });
  }

  /** Draws labels: slot, opacity and whether it is watched, of each. @param {Float64Array} words */
  place(words) {
    this.#placed = [];
    for (let i = 0; i < words.length; i += 3) {
      const label = this.#labels.get(words[i]);
      if (label)
        this.#placed.push({ label, opacity: words[i + 1], watched: words[i + 2] !== 0 });
    }
    this.#placed.sort((a, b) => b.label.rank - a.label.rank);
    this.#write();
  }

  /** Takes in what the GPU has answered. */
  listen() {
    this.#sight.listen(this.#renderer);
  }

  /**
   * Follows the camera and the screen.
   * @param {number[]} eye scene frame
   * @param {boolean} changed whether the camera or what is drawn has
   */
  follow(eye, changed) {
    if (changed)
      this.#sight.touch();
    const scale = this.#renderer.getPixelRatio(), isFar = this.#anchor.distanceToSquared(at.fromArray(eye)) > REACH * REACH;
    if (isFar)
      this.#anchor.copy(at).round();
    if (scale !== this.#scale)
      this.#redraw(scale);
    if ((isFar || scale !== this.#scale) && this.#placed.length > 0)
      this.#write();
    this.#scale = scale;
  }

  /** The GPU has lost everything. */
  clear() {
    this.#sight.clear();
    this.#redraw(this.#scale);
    this.#write();
  }

  dispose() {
    this.#atlas.dispose();
    this.#sight.dispose();
    this.#spots.dispose();
    this.#mesh.geometry.dispose();
    this.#material.dispose();
    this.object.removeFromParent();
  }

  /** @param {number} scale */
  #redraw(scale) {
    this.#atlas.clear(scale);
    this.#labels.forEach(label => label.sprite = null);
  }

  #write() {
    // Before the first label there is nothing to write into.
    if (this.#capacity === 0 && this.#placed.length === 0)
      return;
    this.#drawPictures();
    if (this.#capacity < this.#placed.length)
      this.#reserve(Math.max(64, this.#placed.length * 2));
    const { attributes } = this.#mesh.geometry, [place, picture, offset, ink, halo] = ['place', 'picture', 'offset', 'ink', 'halo'].map(name => /** @type {THREE.BufferAttribute} */ (attributes[name]));
    /** @type {import('./sight.js').Watched[]} */
    const watched = [];
    this.#placed.forEach(({ label, opacity, watched: isWatched }, i) => {
      const { sprite, position: [x, y, z], style } = label;
      place.setXYZ(i, x - this.#anchor.x, y - this.#anchor.y, z - this.#anchor.z);
      picture.setXYZW(i, sprite?.x ?? 0, sprite?.y ?? 0, sprite?.width ?? 0, sprite?.height ?? 0);
      offset.setXY(i, sprite?.offsetX ?? 0, sprite?.offsetY ?? 0);
      ink.setXYZW(i, label.ink.r, label.ink.g, label.ink.b, opacity * style.strength);
      halo.setXYZ(i, label.halo.r, label.halo.g, label.halo.b);
      if (isWatched)
        watched.push({ slot: label.slot, version: label.version, index: i });
    });
    for (const attribute of [place, picture, offset, ink, halo, /** @type {THREE.BufferAttribute} */ (this.#spots.attributes.position)])
      attribute.needsUpdate = true;
    /** @type {THREE.InstancedBufferGeometry} */ (this.#mesh.geometry).instanceCount = this.#placed.length;
    this.#mesh.visible = this.#sight.object.visible = this.#placed.length > 0;
    this.#sight.watched = watched;
    this.object.matrix.makeTranslation(this.#anchor);
    this.object.matrixWorldNeedsUpdate = true;
  }

  // Pictures of labels that are long gone stay until their room is needed.
  #drawPictures() {
    for (const { label, opacity } of this.#placed) {
      if (opacity === 0 || label.sprite)
        continue;
      label.sprite = this.#atlas.add(label.name, label.style, label.metrics);
      if (label.sprite)
        continue;
      this.#redraw(this.#scale);
      if (this.#placed.some(({ label: other, opacity: o }) => o > 0 && !(other.sprite = this.#atlas.add(other.name, other.style, other.metrics))) && this.#atlas.grow()) {
        this.#material.uniforms.pictures.value = this.#atlas.texture;
        this.#redraw(this.#scale);
        this.#drawPictures();
      }
      return;
    }
  }

  /** @param {number} capacity */
  #reserve(capacity) {
    this.#capacity = capacity;
    this.#mesh.geometry.dispose();
    const geometry = this.#mesh.geometry = new THREE.InstancedBufferGeometry();
    geometry.setAttribute('position', new THREE.Float32BufferAttribute([0, 0, 0, 0, 1, 0, 1, 0, 0, 1, 1, 0], 3));
    geometry.setIndex([0, 1, 2, 2, 1, 3]);
    const places = new Float32Array(capacity * 3);
    geometry.setAttribute('place', dynamic(new THREE.InstancedBufferAttribute(places, 3)));
    for (const [name, size] of /** @type {[string, number][]} */ ([['picture', 4], ['offset', 2], ['ink', 4], ['halo', 3]]))
      geometry.setAttribute(name, dynamic(new THREE.InstancedBufferAttribute(new Float32Array(capacity * size), size)));
    // The same places, as points.
    this.#spots.dispose();
    this.#spots = this.#sight.object.geometry = new THREE.BufferGeometry();
    this.#spots.setAttribute('position', dynamic(new THREE.BufferAttribute(places, 3)));
  }
}

const viewport = new THREE.Vector4(), at = new THREE.Vector3();

/**
 * @template {THREE.BufferAttribute} A
 * @param {A} attribute
 */
function dynamic(attribute) {
  attribute.setUsage(THREE.DynamicDrawUsage);
  return attribute;
}
