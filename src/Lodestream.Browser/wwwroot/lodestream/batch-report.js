// What C# is told of a content's meshes, so that it can decide which of them are merged.
import { bytesOf } from './merging.js';

/** What keeps a mesh out of batches: bits of BatchObstacles (BatchMesh.cs). */
const Obstacle = Object.freeze({ Transparent: 1, KeepsIdentity: 4, NotTriangles: 8, Instanced: 16 });

/** Says what primitives of a model look like, in words that are the same wherever something looks the same. */
export class Looks {
  #model;
  #folder;
  #own;
  /** @type {Map<number, string>} */
  #materials = new Map();

  /**
   * @param {import('./glb.js').DecodedModel} model
   * @param {string} uri of the content
   * @param {string} own names what is the model's alone
   */
  constructor(model, uri, own) {
    this.#model = model;
    this.#folder = new URL('.', uri).href;
    this.#own = own;
  }

  /** @param {import('./glb.js').DecodedPrimitive} primitive */
  of({ material, attributes, topology }) {
    const layout = Object.keys(attributes).sort().map(semantic => semantic.startsWith('COLOR') ? `${semantic} ${attributes[semantic].itemSize} ${attributes[semantic].array.constructor.name}` : semantic);
    return `${this.#materialOf(material)} ${topology} ${layout}`;
  }

  /** @param {number} index */
  #materialOf(index) {
    let look = this.#materials.get(index);
    if (look === undefined)
      this.#materials.set(index, look = JSON.stringify(this.#model.materials[index] ?? null, (key, value) => key.endsWith('Texture') && value ? this.#textureOf(value) : value));
    return look;
  }

  /** @param {import('./glb-materials.js').TextureReference} reference */
  #textureOf({ texture, ...use }) {
    const { image, ...sampler } = this.#model.textures[texture] ?? { image: -1 };
    // A picture that is missing is missing from all that name it; one that is not in a file of its own is the model's alone.
    const file = this.#model.imageNames[image], name = this.#model.images[image] ? file ? this.#folder + file : `${this.#own} ${image}` : null;
    return { ...use, ...sampler, image: name };
  }
}

/** Numbers looks, the same number for the same look as long as the scene is open. */
export class MaterialNumbers {
  /** @type {Map<string, number>} */
  #numbers = new Map();

  /**
   * A content's meshes as C# reads them (SceneBatching.cs).
   * @param {import('./contents.js').Content} content
   */
  report({ parts }) {
    return parts.flatMap(part => this.#wordsOf(part));
  }

  /** @param {import('./contents.js').Part} part */
  #wordsOf({ geometry, material, topology, instances, batch }) {
    if (!batch)
      return [-1, 0, 0, 0, 0, 0, 0, 0, 0, 0, Obstacle.NotTriangles];
    const vertices = geometry.attributes.position.count, indices = geometry.index?.count ?? vertices;
    const obstacles = (material.transparent ? Obstacle.Transparent : 0) | (batch.keepsIdentity ? Obstacle.KeepsIdentity : 0)
      | (topology === 'triangles' ? 0 : Obstacle.NotTriangles) | (instances ? Obstacle.Instanced : 0);
    return [this.#numberOf(batch.look), vertices, indices, bytesOf(geometry, vertices, indices), ...batch.box.min.toArray(), ...batch.box.max.toArray(), obstacles];
  }

  /** @param {string} look */
  #numberOf(look) {
    const number = this.#numbers.get(look) ?? this.#numbers.size;
    this.#numbers.set(look, number);
    return number;
  }
}
