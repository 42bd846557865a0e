// What was picked: its feature, its instance, its tile, to read and to copy.

/** @typedef {import('../lodestream.js').Picked} Picked */

/** Reasons as people say them. @type {Record<string, string>} */
const REASONS = {
  Drawn: 'drawn', NotVisible: 'out of view', FinerThanWanted: 'finer than wanted', Refined: 'its children are drawn', NoContent: 'has nothing to draw', Waiting: 'wanted',
  Queued: 'queued', Fetching: 'being fetched', FetchingFiles: 'its files are being fetched', Preparing: 'being decoded', WaitingForMemory: 'waits for memory', WaitingForUpload: 'waits for its upload',
  WaitingForSiblings: 'waits for its siblings', OutOfCore: 'its meshes are drawn one by one', FailedForNow: 'failed, will be tried again', FailedForGood: 'failed for good', Unexpanded: 'not opened yet',
};

export class Inspector {
  #panel = element('inspector');
  #title = element('inspector-title');
  #body = element('inspector-body');
  /** @type {Picked | null} */
  #picked = null;
  #opener = /** @type {HTMLElement | null} */ (null);

  /** @param {(picked: Picked) => void} frame shows what was picked */
  constructor(frame) {
    element('inspector-close').addEventListener('click', () => this.close());
    element('inspector-frame').addEventListener('click', () => this.#picked && frame(this.#picked));
    element('inspector-copy').addEventListener('click', async ({ currentTarget }) => {
      const button = /** @type {HTMLElement} */ (currentTarget);
      button.textContent = await copy(JSON.stringify(this.#picked, null, 2)) ? 'Copied' : 'Select and copy';
      setTimeout(() => button.textContent = 'Copy', 1500);
    });
  }

  /** What is shown; null for nothing. */
  get picked() {
    return this.#picked;
  }

  /** @param {Picked} picked */
  show(picked) {
    this.#picked = picked;
    this.#opener = /** @type {HTMLElement | null} */ (document.activeElement);
    const { features, instance, tile, wanted, point, distance } = picked, named = features.find(({ properties }) => properties.name)?.properties.name, first = features.find(({ id }) => id >= 0);
    this.#title.textContent = String(named ?? (first ? `Feature ${first.id}` : instance ? `Instance ${instance.id}` : `Tile, level ${tile.level}`));
    this.#body.replaceChildren(
      ...features.flatMap(({ set, id, properties }) => section(set, { ...(id < 0 ? {} : { id }), ...properties })),
      ...section('Instance', instance && { id: instance.id }),
      ...section('Tile', { content: shortened(tile.uri), level: tile.level, error: `${tile.geometricError.toLocaleString('en')} m`, family: tile.family, key: tile.key, why: reasonOf(picked) }),
      ...metadataOf(tile),
      ...section('Wanted there', wanted && { content: shortened(wanted.uris[0] ?? ''), level: wanted.level, state: REASONS[wanted.reason] ?? wanted.reason, detail: wanted.detail }),
      ...section('Point', { position: point.map(c => (Math.round(c * 100) / 100 + 0).toFixed(2)).join(', '), distance: `${distance.toLocaleString('en', { maximumFractionDigits: 1 })} m` }),
    );
    this.#panel.hidden = false;
  }

  close() {
    const hadFocus = this.#panel.contains(document.activeElement);
    this.#panel.hidden = true;
    this.#picked = null;
    if (hadFocus)
      (this.#opener ?? element('stage')).focus();
  }
}

/** One line for the panel of figures. @param {Picked | null} picked */
export function summaryOf(picked) {
  if (!picked)
    return 'nothing there';
  return `level ${picked.tile.level}, ${reasonOf(picked)}`;
}

/** Why what is drawn there is drawn, and not something finer. @param {Picked} picked */
function reasonOf({ tile, wanted }) {
  if (!wanted || wanted.level <= tile.level)
    return REASONS[tile.reason] ?? tile.reason;
  return `stands in: level ${wanted.level} ${REASONS[wanted.reason] ?? wanted.reason}`;
}

/** What the tileset's documents say of the tile, of the content that was picked, and of what both are in. @param {Picked['tile']} tile */
function metadataOf({ uri, uris, metadata }) {
  if (!metadata)
    return [];
  const slot = uris.indexOf(uri);
  return [
    ...section('Tile metadata', metadata.tile), ...section('Content metadata', metadata.contents?.[slot]), ...section('Group', metadata.groups?.[slot]),
    ...section('Subtree', metadata.subtree), ...section('Tileset', metadata.tileset), ...section('Metadata', metadata.schemaError ? { error: metadata.schemaError } : null),
  ];
}

/**
 * @param {string} name
 * @param {Record<string, any> | null | undefined} values
 */
function section(name, values) {
  if (!values)
    return [];
  const heading = document.createElement('h3'), list = document.createElement('dl');
  heading.textContent = name;
  for (const [key, value] of Object.entries(values)) {
    if (value === undefined || value === null || value === '')
      continue;
    const term = document.createElement('dt'), description = document.createElement('dd');
    term.textContent = key;
    description.textContent = typeof value === 'object' ? JSON.stringify(value) : String(value);
    list.append(term, description);
  }
  return [heading, list];
}

/** @param {string} uri */
function shortened(uri) {
  const path = uri.replace(/^https?:\/\/[^/]+/, '');
  return path.length > 30 ? `…${path.slice(-29).replace(/^[^/]*(?=\/)/, '')}` : path;
}

/** @param {string} text @returns {Promise<boolean>} whether it is on the clipboard */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** @param {string} id */
function element(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id));
}
