// Runs inside a page of the viewer: moves the camera and takes down, frame by frame, what `window.lodestream.debugState()` says. It judges
// nothing; what follows from the facts is decided outside the page.
(() => {
  const api = window.lodestream;

  /** Attempts at a step whose topology was still arriving while its signatures were compared. */
  const ATTEMPTS = 4;

  /** Frames in which a selection is waited for: far more than the one it may take. */
  const FRAMES = 120;

  /** Milliseconds in which an animation frame comes, on the slowest machine. */
  const FRAME_LIMIT = 60_000;

  const nextFrame = () => new Promise((resolve, reject) => {
    const limit = setTimeout(() => reject(new Error(`the page draws no more: no animation frame came within ${FRAME_LIMIT / 1000} s`)), FRAME_LIMIT);
    requestAnimationFrame(() => {
      clearTimeout(limit);
      resolve();
    });
  });

  /** Waits until nothing is under way; false when that takes too long. */
  async function quiet(milliseconds) {
    const end = performance.now() + milliseconds;
    for (;;) {
      const { settled, idle } = api.debugState();
      if (settled && idle)
        return true;
      if (performance.now() > end)
        return false;
      await new Promise(resolve => setTimeout(resolve, 20));
    }
  }

  /** Every address the page fetches from now on, until stopped. */
  function watchFetches() {
    const fetchBefore = window.fetch, uris = [];
    window.fetch = (resource, options) => {
      uris.push(new URL(resource instanceof Request ? resource.url : resource, location.href).href);
      return fetchBefore(resource, options);
    };
    return { uris, stop: () => window.fetch = fetchBefore };
  }

  const scaled = (v, factor) => v.map(n => n * factor);
  const plus = (a, b) => a.map((n, i) => n + b[i]);
  const dot = (a, b) => a.reduce((sum, n, i) => sum + n * b[i], 0);
  const unit = v => scaled(v, 1 / Math.hypot(...v));

  /** What lies in the middle of the picture, in the scene's frame; null where nothing does. */
  async function middle() {
    const canvas = api.viewer.stage.renderer.domElement, hit = await api.pick(canvas.clientWidth / 2, canvas.clientHeight / 2);
    return hit && hit.point;
  }

  /** Where the scene is looked at from: the overview's distance to what lies in its middle, and the directions there. */
  let survey;

  async function take(milliseconds) {
    api.frameScene();
    await quiet(milliseconds);
    const { frame, navigation } = api.viewer, { position, direction } = navigation.pose;
    const point = await middle() ?? frame.center.toArray(), vector = new api.three.Vector3(...point);
    const up = frame.upAt(vector).toArray(), level = plus(direction.toArray(), scaled(up, -dot(direction.toArray(), up)));
    survey = {
      point, up,
      distance: position.distanceTo(vector),
      ahead: Math.hypot(...level) > 1e-3 ? unit(level) : frame.northAt(vector).toArray(),
    };
  }

  /** A pose that looks down on the point, at an angle to the ground in radians. */
  function slanted(distance, pitch) {
    const { point, up, ahead } = survey, direction = plus(scaled(ahead, Math.cos(pitch)), scaled(up, -Math.sin(pitch)));
    return { position: plus(point, scaled(direction, -distance)), direction, up };
  }

  const cameras = {
    'continent overview': () => api.frameScene(),
    'province cluster': () => api.frameWorld(survey.point, survey.distance / 4),
    'location detail': () => api.frameWorld(survey.point, survey.distance / 64),
    'mid zoom': () => api.frameWorld(survey.point, survey.distance / 16),
    oblique: () => api.setCamera(slanted(survey.distance / 32, 0.17)),
    'near clip': () => api.setCamera(slanted(survey.distance / 1024, 0.9)),
  };

  /** The level of the deepest tile that is wanted for itself. */
  const deepest = keys => keys.reduce((level, key) => Math.max(level, api.why(key).level), -1);

  /** Whether a tile of the deepest level among those has nothing below it. */
  function ends(keys) {
    const level = deepest(keys);
    return keys.map(key => api.why(key)).some(tile => tile.isLeaf && tile.level === level);
  }

  const look = state => ({
    frameId: state.visibilitySetFrameId,
    signature: state.visibilitySetSignature,
    treeVersion: state.treeVersion,
    detailScale: state.detailScale,
    primaryZ: state.primaryZ,
    notYetResident: state.notYetResident,
    requested: state.scheduler.requested,
    inFlight: state.scheduler.inFlight,
    peakInFlight: state.scheduler.peakInFlight,
  });

  /** Moves, and looks before, after the first frame, after the third, and when all is there. */
  async function move(camera, milliseconds) {
    await quiet(milliseconds);
    const before = api.debugState(), fetches = watchFetches();
    camera();
    let frames = 0, first;
    do {
      await nextFrame();
      frames++;
      first = api.debugState();
    } while (first.visibilitySetFrameId === before.visibilitySetFrameId && frames < FRAMES);
    const fetched = [...fetches.uris], deepestPrimary = deepest(first.primaryKeys);
    await nextFrame();
    await nextFrame();
    const third = api.debugState();
    fetches.stop();
    const settled = await quiet(milliseconds), last = api.debugState();
    const asked = first.requests.filter(({ id }) => !before.requests.some(earlier => earlier.id === id));
    return {
      frames, deepestPrimary, settled, fetched,
      policy: last.policy,
      endsInView: ends(last.primaryKeys),
      before: look(before), first: look(first), third: look(third), last: look(last),
      demanded: first.demand.filter(({ state }) => state === 'Absent' || state === 'Queued' || state === 'Fetching').map(({ uri }) => uri),
      admitted: [...new Set(first.demand.filter(({ uri, state }) => state === 'Fetching' && !before.requests.some(({ content }) => content === uri)).map(({ uri }) => uri))],
      attempted: asked.filter(({ isDependency }) => !isDependency).map(({ content }) => content),
      attemptedFiles: asked.map(({ uri }) => uri),
      errors: [last.primaryGeometricSsePx, last.primaryRasterSsePx, last.underlayGeometricSsePx, last.underlayRasterSsePx],
    };
  }

  /**
   * Probes one camera. What is asked of the network is of the first move; signatures are of the first during which no topology came, for
   * what is wanted follows from what is known.
   */
  async function step(name, milliseconds) {
    const cold = await move(cameras[name], milliseconds);
    let facts = cold;
    for (let attempt = 1; attempt < ATTEMPTS && facts.first.treeVersion !== facts.third.treeVersion; attempt++) {
      api.setCamera(slanted(survey.distance / 8, 1.2));
      facts = await move(cameras[name], milliseconds);
    }
    survey.point = await middle() ?? survey.point;
    return { name, cold, warm: facts };
  }

  /** Prepares for the first step: knows the scene, and stands elsewhere than it. */
  async function begin(milliseconds) {
    // Dissolves are no part of what is probed, and every view would wait for them.
    api.setOptions({ fadeMs: 0 });
    await take(milliseconds);
    api.setCamera(slanted(survey.distance / 8, 1.2));
    await quiet(milliseconds);
    return Object.keys(cameras);
  }

  window.lodestreamProbe = { begin, step };
})()
