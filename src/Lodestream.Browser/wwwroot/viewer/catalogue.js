// Which scene to show: the one the address names, else the server's first.

/** @typedef {{ id: string, name: string, url: string, versionedUrl?: string }} CatalogueEntry */

/** The scenes the server offers; none when it has no catalogue. @returns {Promise<CatalogueEntry[]>} */
export async function readCatalogue() {
  try {
    const response = await fetch(new URL('/tilesets', location.href));
    if (!response.ok)
      return [];
    const body = await response.json(), list = Array.isArray(body) ? body : body.tilesets ?? body.scenes ?? [];
    return list.map((/** @type {any} */ entry) => ({
      id: String(entry.id), name: String(entry.name ?? entry.id),
      url: new URL(entry.url ?? `/tilesets/${entry.id}`, location.href).href,
      ...(entry.versionedUrl ? { versionedUrl: new URL(entry.versionedUrl, location.href).href } : {}),
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
