// The camera under the user's hands and under the page's orders.
import * as THREE from 'three';
import { OrbitControls } from 'three/addons/controls/OrbitControls.js';
import { poseFor, setDepthRange } from './framing.js';

export class Navigation {
  #camera;
  #controls;
  #root;
  #moved = true;

  /**
   * @param {THREE.PerspectiveCamera} camera whose up is set
   * @param {HTMLElement} element
   * @param {import('./framing.js').Volume} root
   * @param {() => void} invalidate
   */
  constructor(camera, element, root, invalidate) {
    this.#camera = camera;
    this.#root = root;
    this.#controls = new OrbitControls(camera, element);
    this.#controls.enableDamping = true;
    this.#controls.dampingFactor = 0.08;
    this.#controls.zoomToCursor = true;
    this.#controls.screenSpacePanning = false;
    this.#controls.maxDistance = Math.hypot(...root.halfLengths) * 20;
    this.#controls.listenToKeyEvents(element);
    this.#controls.addEventListener('change', () => {
      this.#moved = true;
      invalidate();
    });
  }

  /** Moves on by a frame. @returns {boolean} whether the camera moved */
  update() {
    this.#controls.update();
    const moved = this.#moved;
    this.#moved = false;
    if (moved)
      setDepthRange(this.#camera, this.#camera.position.distanceTo(this.#controls.target), this.#root);
    return moved;
  }

  frameScene() {
    const { position, target } = poseFor(this.#root, this.#camera.up, this.#camera);
    this.#place(position, target);
  }

  /**
   * Looks at a point from a distance, in the direction the camera has.
   * @param {number[]} point
   * @param {number} distance metres
   */
  frameWorld(point, distance) {
    const direction = this.#camera.getWorldDirection(new THREE.Vector3()), target = new THREE.Vector3().fromArray(point);
    this.#place(target.clone().addScaledVector(direction, -distance), target);
  }

  /**
   * @param {{ position: number[], direction: number[], up?: number[] }} pose in the scene's frame
   */
  setCamera({ position, direction, up }) {
    if (up)
      this.#setUp(new THREE.Vector3().fromArray(up));
    const eye = new THREE.Vector3().fromArray(position);
    const reach = Math.max(eye.distanceTo(new THREE.Vector3().fromArray(this.#root.center)) * 0.5, 1);
    this.#place(eye, eye.clone().addScaledVector(new THREE.Vector3().fromArray(direction).normalize(), reach));
  }

  // Orbiting goes round the up it was made with, and an up along the view leaves nothing to go round.
  /** @param {THREE.Vector3} up */
  #setUp(up) {
    this.#camera.up.copy(up.normalize());
    const controls = /** @type {any} */ (this.#controls);
    controls._quat?.setFromUnitVectors(this.#camera.up, new THREE.Vector3(0, 1, 0));
    controls._quatInverse?.copy(controls._quat).invert();
  }

  /**
   * @param {THREE.Vector3} position
   * @param {THREE.Vector3} target
   */
  #place(position, target) {
    // What is left of a swing would carry the camera away from where it was put.
    this.#controls.enableDamping = false;
    this.#controls.update();
    this.#camera.position.copy(position);
    this.#controls.target.copy(target);
    this.#controls.update();
    this.#controls.enableDamping = true;
    this.#camera.updateMatrixWorld();
    this.#moved = true;
    this.update();
  }
}
