// The views a tileset's maker suggests: asset.extras.lodestream.views. The document is read no farther than its asset.
import * as THREE from 'three';

/** @typedef {{ name: string, pose: import('./framing.js').Pose }} SuggestedView */

/** Bytes read in search of the asset; writers put it first. */
const READ_AT_MOST = 256 * 1024;

/**
 * @param {string} url of a tileset
 * @returns {Promise<SuggestedView[]>} none when there are none, or they can't be read: the scene itself will say what is wrong with it
 */
export async function readViews(url) {
  try {
    const asset = await readAsset(url), list = asset?.extras?.lodestream?.views;
    return Array.isArray(list) ? list.flatMap(viewOf) : [];
  } catch {
    return [];
  }
}

/** @param {any} view */
function viewOf(view) {
  const [position, direction] = [view?.position, view?.direction].map(v => Array.isArray(v) && v.length === 3 && v.every(Number.isFinite) ? new THREE.Vector3().fromArray(v) : null);
  return position && direction && direction.lengthSq() > 0 ? [{ name: String(view.name ?? 'View'), pose: { position, direction: direction.normalize() } }] : [];
}

/** @param {string} url */
async function readAsset(url) {
  const reading = new AbortController(), response = await fetch(url, { signal: reading.signal });
  if (!response.ok || !response.body)
    return null;
  const text = new TextDecoder(), reader = response.body.getReader();
  let head = '';
  for (;;) {
    const { done, value } = await reader.read();
    head += value ? text.decode(value, { stream: true }) : '';
    const asset = assetIn(head);
    if (asset !== undefined || done || head.length > READ_AT_MOST) {
      reading.abort();
      return asset ?? null;
    }
  }
}

/**
 * The asset of a document of which the beginning is known; undefined when it is not all there yet.
 * @param {string} json
 */
export function assetIn(json) {
  const key = /"asset"\s*:\s*(?=\{)/.exec(json);
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
