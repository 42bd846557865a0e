// The renderer and what surrounds the tiles: sky and light.
import * as THREE from 'three';
import { makeSky } from './sky.js';

export class Stage {
  scene = new THREE.Scene();
  camera = new THREE.PerspectiveCamera(60, 1, 0.1, 1e6);
  renderer;
  #sky;
  #sun = new THREE.DirectionalLight(0xfff2df, 2.6);
  #ambient = new THREE.HemisphereLight(0xcfe3ff, 0x8a7f70, 1.5);

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {string | null} clearColor hexadecimal digits: a plain background of this colour in place of the sky
   */
  constructor(canvas, clearColor) {
    this.renderer = new THREE.WebGLRenderer({ canvas, antialias: true, powerPreference: 'high-performance' });
    this.renderer.toneMapping = THREE.NeutralToneMapping;
    this.scene.add(this.#ambient, this.#sun, this.#sun.target);
    this.#sky = clearColor === null ? makeSky() : null;
    if (this.#sky)
      this.scene.add(this.#sky);
    else
      this.#clearTo(canvas, Number.parseInt(clearColor ?? '', 16));
    this.resize();
  }

  /** Says which way is up: sky, light and camera follow. @param {THREE.Vector3} up */
  setUp(up) {
    this.camera.up.copy(up);
    this.#sky?.userData.setUp(up);
    this.#ambient.position.copy(up);
    // From the south-west and high, for the light map readers are used to comes from a corner.
    const east = new THREE.Vector3(1, 0, 0).addScaledVector(up, -up.x);
    if (east.lengthSq() < 0.01)
      east.set(0, 1, 0).addScaledVector(up, -up.y);
    const north = new THREE.Vector3().crossVectors(up, east.normalize());
    this.#sun.position.copy(up).multiplyScalar(1.1).addScaledVector(east, -0.75).addScaledVector(north, 0.45);
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
   * @param {HTMLCanvasElement} canvas
   * @param {number} color
   */
  #clearTo(canvas, color) {
    this.renderer.setClearColor(color, 1);
    // A context that was lost comes back without it.
    canvas.addEventListener('webglcontextrestored', () => this.renderer.setClearColor(color, 1));
  }

  render() {
    this.renderer.render(this.scene, this.camera);
  }
}
