// What lies under a pixel or on a ray, and what is known of it.
import * as THREE from 'three';
import { featuresOf } from './features.js';
import { Picker, readPixel } from './picking.js';

/**
 * @typedef {object} TileMetadata What a scene's documents say of a tile: names of properties and their values.
 * @property {Record<string, unknown>} [tile]
 * @property {(Record<string, unknown> | null)[]} [contents] in the order of the tile's uris
 * @property {(Record<string, unknown> | null)[]} [groups] that the contents are in, in the same order
 * @property {Record<string, unknown>} [subtree]
 * @property {Record<string, unknown>} [tileset]
 * @property {string} [schemaError] what is wrong with the schema, without which nothing else can be read
 */

/**
 * @typedef {object} Picked What lies on a ray.
 * @property {number[]} point in the scene's frame, metres
 * @property {number} distance metres
 * @property {{ key: string, uri: string, uris: string[], level: number, geometricError: number, reason: string, state: string, metadata?: TileMetadata, [more: string]: any }} tile that is drawn there
 * @property {{ key: string, level: number, geometricError: number, reason: string, state: string, uris: string[], [more: string]: any }} [wanted] the tile that should be drawn there, when it is another
 * @property {import('./features.js').Feature[]} features
 * @property {{ id: number, [more: string]: any }} [instance]
 */

export class Pointing {
  #renderer;
  #camera;
  #tileScene;
  #session;
  #features;
  #picker;

  /**
   * @param {THREE.WebGLRenderer} renderer
   * @param {THREE.PerspectiveCamera} camera
   * @param {import('./tile-scene.js').TileScene} tileScene
   * @param {import('./session.js').Session} session knows why what is drawn is drawn
   * @param {import('./runtime.js').FeatureExports} features
   */
  constructor(renderer, camera, tileScene, session, features) {
    this.#renderer = renderer;
    this.#camera = camera;
    this.#tileScene = tileScene;
    this.#session = session;
    this.#features = features;
    this.#picker = new Picker(renderer);
  }

  /**
   * What is drawn at a pixel.
   * @param {number} x CSS pixels from the canvas's left
   * @param {number} y CSS pixels from its top
   * @returns {Promise<Picked | null>}
   */
  async pick(x, y) {
    const size = this.#renderer.getSize(new THREE.Vector2()), camera = this.#camera, { group } = this.#tileScene;
    camera.updateWorldMatrix(true, false);
    const ray = new THREE.Ray(new THREE.Vector3().setFromMatrixPosition(camera.matrixWorld), new THREE.Vector3(x / size.x * 2 - 1, 1 - y / size.y * 2, 0.5)
      .applyMatrix4(camera.projectionMatrixInverse).applyMatrix4(new THREE.Matrix4().extractRotation(camera.matrixWorld)).normalize());
    group.updateWorldMatrix(true, false);
    ray.applyMatrix4(new THREE.Matrix4().copy(group.matrixWorld).invert());
    const hit = await this.#cast(ray, camera.near, camera.far, camera.fov * Math.PI / 180 / size.y);
    return hit && this.#describe(hit);
  }

  /**
   * The first thing drawn on a ray of the scene's frame.
   * @param {number[]} origin metres
   * @param {number[]} direction length 1
   * @returns {Promise<{ point: number[], distance: number } | null>}
   */
  async probe(origin, direction) {
    const ray = new THREE.Ray(new THREE.Vector3().fromArray(origin), new THREE.Vector3().fromArray(direction));
    const hit = await this.#cast(ray, 0.01, 1e8, 1e-4);
    return hit && { point: hit.point.toArray(), distance: hit.distance };
  }

  dispose() {
    this.#picker.dispose();
  }

  /**
   * @param {THREE.Ray} ray
   * @param {number} near
   * @param {number} far
   * @param {number} angle
   */
  async #cast(ray, near, far, angle) {
    try {
      return await this.#picker.cast(this.#tileScene.group, this.#tileScene.items.values(), ray, near, far, angle);
    } catch (error) {
      // So three.js says that the GPU lost what was asked of it.
      if (error === undefined)
        return null;
      throw error;
    }
  }

  /**
   * @param {import('./picking.js').Hit} hit
   * @returns {Picked}
   */
  #describe(hit) {
    const { item, content, point, distance, instance } = hit, here = this.#session.why(item.key), tile = here.drawnBy && here.drawnBy !== here.key ? this.#session.why(here.drawnBy) : here;
    const wanted = this.#session.whyAt(point);
    return {
      point: point.toArray(),
      distance,
      tile: { ...tile, uri: content.uri },
      // By the time the GPU has answered what was missing may be there.
      ...(wanted.key && wanted.key !== tile.key && wanted.reason !== 'Drawn' ? { wanted } : {}),
      ...(instance < 0 ? {} : { instance: { id: instance } }),
      features: featuresOf(hit, this.#features, (image, u, v) => readPixel(this.#renderer, image, u, v)),
    };
  }
}
