// The scenes a server offers, which of them to show, and the list to choose from.

/** @typedef {{ id: string, name: string, url: string, versionedUrl?: string, format: string, bytes: number | null }} CatalogueEntry */

/** The scenes the server offers; none when it has no catalogue. @returns {Promise<CatalogueEntry[]>} */
export async function readCatalogue() {
  try {
    const response = await fetch(new URL('/tilesets', location.href));
    if (!response.ok)
      return [];
    const body = await response.json(), list = Array.isArray(body) ? body : body.tilesets ?? body.scenes ?? [];
    return list.map((/** @type {any} */ entry) => ({
      id: String(entry.id), name: String(entry.name ?? entry.id), url: new URL(entry.url ?? `/tilesets/${entry.id}`, location.href).href,
      ...(entry.versionedUrl ? { versionedUrl: new URL(entry.versionedUrl, location.href).href } : {}),
      format: entry.format === '3dtiles' ? `3D Tiles ${entry.version ?? ''}`.trim() : entry.format === 'manifest' ? `Manifest ${entry.version ?? ''}`.trim() : String(entry.format ?? ''),
      bytes: Number.isFinite(entry.bytes) ? entry.bytes : null,
    }));
  } catch {
    return [];
  }
}

/**
 * @param {URLSearchParams} parameters
 * @param {CatalogueEntry[]} catalogue
 * @returns {string | undefined}
 */
export function chooseScene(parameters, catalogue) {
  const asked = parameters.get('scene');
  if (!asked)
    return catalogue[0]?.url;
  return catalogue.find(({ id }) => id === asked)?.url ?? new URL(asked, location.href).href;
}

/**
 * Where to fetch a scene from: its versioned URL where the server offers one, because what lies there never changes and the
 * browser keeps it without asking. Addresses and links bear the plain one, which outlives the version.
 * @param {string} url
 * @param {CatalogueEntry[]} catalogue
 */
export function fetchUrl(url, catalogue) {
  return catalogue.find(entry => entry.url === url)?.versionedUrl ?? url;
}

/**
 * Names the scene that is open, and lists the others behind its name.
 * @param {CatalogueEntry[]} catalogue
 * @param {string} current URL
 */
export function offerScenes(catalogue, current) {
  const button = /** @type {HTMLButtonElement} */ (document.getElementById('scene')), dialog = /** @type {HTMLDialogElement} */ (document.getElementById('scenes'));
  const name = catalogue.find(({ url }) => url === current)?.name ?? nameIn(current);
  /** @type {HTMLElement} */ (document.getElementById('scene-name')).textContent = name;
  document.title = `${name} · Lodestream`;
  button.disabled = catalogue.length === 0 || (catalogue.length === 1 && catalogue[0].url === current);
  /** @type {HTMLElement} */ (document.getElementById('scene-list')).replaceChildren(...catalogue.map(entry => lineOf(entry, current)));
  button.addEventListener('click', () => {
    dialog.showModal();
    button.setAttribute('aria-expanded', 'true');
  });
  dialog.addEventListener('close', () => button.setAttribute('aria-expanded', 'false'));
}

/** @param {CatalogueEntry} entry @param {string} current */
function lineOf({ id, name, url, format, bytes }, current) {
  const line = document.createElement('li'), link = document.createElement('a'), title = document.createElement('b'), facts = document.createElement('span');
  const there = new URL(location.href);
  there.hash = '';
  there.searchParams.set('scene', id);
  link.href = there.href;
  if (url === current)
    link.setAttribute('aria-current', 'page');
  title.textContent = name;
  facts.textContent = [format, bytes === null ? '' : sizeOf(bytes)].filter(Boolean).join(' · ');
  link.append(title, facts);
  line.append(link);
  return line;
}

/** What to call a scene that no catalogue names. @param {string} url */
function nameIn(url) {
  const parts = new URL(url).pathname.split('/').filter(Boolean).map(decodeURIComponent);
  return (parts.at(-1) === 'tileset.json' ? parts.at(-2) : parts.at(-1)?.replace(/\.(json|3tz)$/, '')) ?? 'Scene';
}

/** @param {number} bytes */
function sizeOf(bytes) {
  return bytes < 1e9 ? `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}
