// Sun and sky light, and the sun's shadows.
import * as THREE from 'three';

/** Texels of the shadow map's side. */
const SHADOW_SIZE = 2048;

/** How far shadows reach, in distances to what the camera looks at. */
const SHADOW_REACH = 1.6;

export class Light {
  object = new THREE.Group();
  #renderer;
  #sun = new THREE.DirectionalLight(0xfff2df, 2.6);
  #ambient = new THREE.HemisphereLight(0xcfe3ff, 0x8a7f70, 1.5);
  #up = new THREE.Vector3(0, 0, 1);
  #north = new THREE.Vector3(0, 1, 0);
  #toSun = new THREE.Vector3(0, 0, 1);
  #hour = 0;

  /** @param {THREE.WebGLRenderer} renderer */
  constructor(renderer) {
    this.#renderer = renderer;
    this.object.add(this.#ambient, this.#sun, this.#sun.target);
    this.#sun.shadow.mapSize.set(SHADOW_SIZE, SHADOW_SIZE);
    renderer.shadowMap.type = THREE.PCFShadowMap;
    this.hour = 15;
  }

  /** Time of day: 6 is sunrise in the east, 12 noon, 18 sunset in the west. */
  get hour() {
    return this.#hour;
  }

  set hour(hour) {
    this.#hour = hour;
    const height = Math.sin((hour - 6) / 12 * Math.PI);
    // A low sun is warm and faint.
    this.#sun.color.setRGB(1, 0.72 + 0.24 * height, 0.5 + 0.4 * height, THREE.SRGBColorSpace);
    this.#sun.intensity = 1 + 1.9 * Math.sqrt(Math.max(height, 0));
    this.#aim();
  }

  get shadows() {
    return this.#sun.castShadow;
  }

  set shadows(on) {
    this.#sun.castShadow = this.#renderer.shadowMap.enabled = on;
  }

  /**
   * @param {THREE.Vector3} up
   * @param {THREE.Vector3} north
   */
  follow(up, north) {
    this.#up.copy(up);
    this.#north.copy(north);
    this.#ambient.position.copy(up);
    this.#aim();
  }

  /**
   * Has tiles cast and take shadows. What is drawn in parts takes them only: the rest of it would cast as well.
   * @param {THREE.Object3D} group
   */
  cast(group) {
    for (const object of group.children) {
      object.castShadow = this.shadows && !object.userData.masked;
      object.receiveShadow = this.shadows;
    }
  }

  /**
   * Spreads the shadow map over what the camera looks at.
   * @param {THREE.Vector3} center where the camera looks, drawing's frame
   * @param {number} distance metres from the camera to it
   */
  fit(center, distance) {
    const reach = distance * SHADOW_REACH, { camera } = this.#sun.shadow;
    this.#sun.target.position.copy(center);
    this.#sun.position.copy(center).addScaledVector(this.#toSun, reach * 4);
    Object.assign(camera, { left: -reach, right: reach, top: reach, bottom: -reach, near: reach * 0.1, far: reach * 8 });
    camera.updateProjectionMatrix();
    this.#sun.shadow.normalBias = 2 * reach / SHADOW_SIZE;
    this.#sun.shadow.bias = -0.0004;
  }

  #aim() {
    const angle = (this.#hour - 12) / 12 * Math.PI, west = new THREE.Vector3().crossVectors(this.#up, this.#north);
    // As in the middle latitudes: never overhead, at noon in the south.
    this.#toSun.copy(this.#up).multiplyScalar(Math.max(Math.cos(angle), 0.06) * 0.85)
      .addScaledVector(west, Math.sin(angle)).addScaledVector(this.#north, -0.5 * Math.max(Math.cos(angle), 0.06)).normalize();
    this.#sun.position.copy(this.#sun.target.position).add(this.#toSun);
  }
}
