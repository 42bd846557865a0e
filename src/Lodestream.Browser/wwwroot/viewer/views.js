// What a scene's maker suggests to look at: a tileset's asset.extras.lodestream, a manifest's lodestream: views, and a walk. The document
// is read no farther than these.
import * as THREE from 'three';

/** @typedef {{ name: string, pose: import('./framing.js').Pose }} SuggestedView */
/** @typedef {{ views: SuggestedView[], walk: string | null }} Suggestions `walk`: URL of a camera file */

/** Bytes read in search of them; writers put them first. */
const READ_AT_MOST = 256 * 1024;

/**
 * @param {string} url of a tileset or a manifest
 * @returns {Promise<Suggestions>} none when there are none, or they can't be read: the scene itself will say what is wrong with it
 */
export async function readSuggestions(url) {
  try {
    const extras = await readExtras(url), list = extras?.views;
    return { views: Array.isArray(list) ? list.flatMap(viewOf) : [], walk: typeof extras?.walk === 'string' ? new URL(extras.walk, new URL(url, location.href)).href : null };
  } catch {
    return { views: [], walk: null };
  }
}

/** @param {any} view */
function viewOf(view) {
  const [position, direction] = [view?.position, view?.direction].map(v => Array.isArray(v) && v.length === 3 && v.every(Number.isFinite) ? new THREE.Vector3().fromArray(v) : null);
  return position && direction && direction.lengthSq() > 0 ? [{ name: String(view.name ?? 'View'), pose: { position, direction: direction.normalize() } }] : [];
}

/** @param {string} url */
async function readExtras(url) {
  const reading = new AbortController(), response = await fetch(url, { signal: reading.signal });
  if (!response.ok || !response.body)
    return null;
  const text = new TextDecoder(), reader = response.body.getReader();
  let head = '';
  for (;;) {
    const { done, value } = await reader.read();
    head += value ? text.decode(value, { stream: true }) : '';
    // A manifest has no asset: there the object lies in the open.
    const asset = assetIn(head), extras = asset ? asset.extras?.lodestream ?? null : objectIn(head, 'lodestream');
    if (extras !== undefined || done || head.length > READ_AT_MOST) {
      reading.abort();
      return extras ?? null;
    }
  }
}

/**
 * The asset of a document of which the beginning is known; undefined when it is not all there yet.
 * @param {string} json
 */
export function assetIn(json) {
  return objectIn(json, 'asset');
}

/**
 * The first object of a name in a document of which the beginning is known; undefined when it is not all there yet.
 * @param {string} json
 * @param {string} name
 */
function objectIn(json, name) {
  const key = new RegExp(`"${name}"\\s*:\\s*(?=\\{)`).exec(json);
  if (!key)
    return undefined;
  const start = key.index + key[0].length;
  let depth = 0, inText = false;
  for (let i = start; i < json.length; i++) {
    const c = json[i];
    if (inText) {
      if (c === '\\')
        i++;
      else if (c === '"')
        inText = false;
    } else if (c === '"') {
      inText = true;
    } else if (c === '{') {
      depth++;
    } else if (c === '}' && --depth === 0) {
      return JSON.parse(json.slice(start, i + 1));
    }
  }
  return undefined;
}
