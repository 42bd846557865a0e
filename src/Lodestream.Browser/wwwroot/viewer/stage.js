// The renderer, the camera, and the frame in which the tiles are drawn.
import * as THREE from 'three';
import { Haze } from './haze.js';
import { Light } from './light.js';
import { makeSky } from './sky.js';

/** Metres the eye may go from the drawing's origin: floats are finer than a tenth of a millimetre within it. */
const REACH = 1000;

/** Scenes nearer to their own origin than this are drawn where they are. */
const FAR_FROM_ORIGIN = 1e5;

export class Stage {
  scene = new THREE.Scene();
  /** Holds everything that has the scene's coordinates. Far from their origin it is moved, so that the GPU's floats are small near the eye. */
  world = new THREE.Group();
  camera = new THREE.PerspectiveCamera(60, 1, 0.1, 1e6);
  renderer;
  light;
  /** Null where there is no sky for it to fade into. */
  haze;
  #sky;

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {string | null} clearColor hexadecimal digits: a plain background of this colour in place of the sky
   */
  constructor(canvas, clearColor) {
    this.renderer = new THREE.WebGLRenderer({ canvas, antialias: true, powerPreference: 'high-performance' });
    this.renderer.toneMapping = THREE.NeutralToneMapping;
    this.light = new Light(this.renderer);
    this.scene.add(this.light.object, this.world);
    this.#sky = clearColor === null ? makeSky() : null;
    this.haze = this.#sky ? new Haze() : null;
    this.scene.fog = this.haze?.fog ?? null;
    if (this.#sky)
      this.scene.add(this.#sky);
    else
      this.#clearTo(canvas, Number.parseInt(clearColor ?? '', 16));
    this.resize();
  }

  /**
   * Puts the camera somewhere in the scene's coordinates; sky and light follow.
   * @param {THREE.Vector3} position
   * @param {THREE.Vector3} direction length 1
   * @param {THREE.Vector3} above what is up in the picture
   * @param {import('./scene-frame.js').SceneFrame} frame
   */
  place(position, direction, above, frame) {
    this.#moveOrigin(position);
    const up = frame.upAt(position);
    this.camera.up.copy(above);
    this.camera.position.copy(position).add(this.world.position);
    this.camera.lookAt(new THREE.Vector3().copy(this.camera.position).add(direction));
    this.camera.updateMatrixWorld();
    this.light.follow(up, frame.northAt(position));
    this.#sky?.userData.follow(up, frame.isGlobal ? frame.altitudeOf(position) : null);
  }

  /** @returns {boolean} whether the size has changed */
  resize() {
    const { clientWidth: width, clientHeight: height } = this.renderer.domElement, ratio = Math.min(devicePixelRatio, 2);
    const size = this.renderer.getSize(new THREE.Vector2());
    if (size.x === width && size.y === height && this.renderer.getPixelRatio() === ratio)
      return false;
    this.renderer.setPixelRatio(ratio);
    this.renderer.setSize(width, height, false);
    this.camera.aspect = width / Math.max(1, height);
    this.camera.updateProjectionMatrix();
    return true;
  }

  /**
   * How much brighter than it is the picture is shown, in stops. Photographs are drawn as they are, without tone mapping: so it is
   * the finished picture that is made brighter.
   * @param {number} stops
   */
  set exposure(stops) {
    this.renderer.domElement.style.filter = stops === 0 ? '' : `brightness(${2 ** (stops / 2.2)})`;
  }

  render() {
    this.renderer.render(this.scene, this.camera);
  }

  /** @param {THREE.Vector3} position */
  #moveOrigin(position) {
    const { world } = this;
    if (position.length() < FAR_FROM_ORIGIN ? world.position.lengthSq() === 0 : new THREE.Vector3().addVectors(position, world.position).length() < REACH)
      return;
    world.position.copy(position.length() < FAR_FROM_ORIGIN ? new THREE.Vector3() : position).round().negate();
    world.updateMatrixWorld(true);
  }

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {number} color
   */
  #clearTo(canvas, color) {
    this.renderer.setClearColor(color, 1);
    // A context that was lost comes back without it.
    canvas.addEventListener('webglcontextrestored', () => this.renderer.setClearColor(color, 1));
  }
}
