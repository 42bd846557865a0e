// Which scene to show: the one the address names, else the server's first.

/** @typedef {{ id: string, name: string, url: string }} CatalogueEntry */

/** The scenes the server offers; none when it has no catalogue. @returns {Promise<CatalogueEntry[]>} */
export async function readCatalogue() {
  try {
    const response = await fetch(new URL('/tilesets', location.href));
    if (!response.ok)
      return [];
    const body = await response.json(), list = Array.isArray(body) ? body : body.tilesets ?? body.scenes ?? [];
    return list.map((/** @type {any} */ entry) => ({
      id: String(entry.id), name: String(entry.name ?? entry.id),
      // The versioned URL's tiles never change: the browser keeps them without asking.
      url: new URL(entry.versionedUrl ?? entry.url ?? `/tilesets/${entry.id}`, location.href).href,
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
