// The camera under the user's hands and under the page's orders.
import * as THREE from 'three';
import { Flight } from './flight.js';
import { depthRangeFor, poseFor } from './framing.js';
import { Glide } from './glide.js';

/** Radians a pixel of dragging turns. */
const TURN_PER_PIXEL = 0.005;

/** How far down and up the camera may look: orbiting, it stays above the ground. */
const STEEPEST = 1.56, HIGHEST_ORBITING = 0.2;

/** From this altitude up, in radii, dragging turns the globe instead of going round a point of it. */
const GLOBE_IN_HAND = 0.35;

/** Nearest to a point that zooming comes, metres. */
const NEAREST = 0.3;

/** Seconds in which a key pressed comes up to speed. */
const ACCELERATION = 0.12;

/** @typedef {import('./framing.js').Pose} Pose */

/** @typedef {object} CameraPath @property {(now: number) => Pose & { arrived: boolean }} at where the camera is, by performance.now() in seconds */

export class Navigation {
  /** Dragging goes round what is under the pointer ('orbit'), or looks around ('fly'). @type {'orbit' | 'fly'} */
  #mode = 'orbit';
  /** Times the speed that suits the altitude. */
  #speed = 1;
  #stage;
  #frame;
  #ranges;
  #invalidate;
  /** @type {Pose} */
  #pose = { position: new THREE.Vector3(), direction: new THREE.Vector3(0, 1, 0) };
  // What is up in the picture when the camera looks straight up or down.
  #headUp = new THREE.Vector3(0, 1, 0);
  /** @type {THREE.Vector3 | null} */
  #pivot = null;
  /** @type {THREE.Vector3 | null} */
  #anchor = null;
  #turning = new Glide(2e-4);
  #panning = new Glide(2e-4);
  #zooming = new Glide(4e-4);
  #walk = new THREE.Vector3();
  #walkTarget = new THREE.Vector3();
  /** @type {CameraPath | null} */
  #flight = null;
  #last = 0;
  #placed = true;
  #reducedMotion = matchMedia('(prefers-reduced-motion: reduce)');

  /**
   * @param {import('./stage.js').Stage} stage
   * @param {import('./scene-frame.js').SceneFrame} frame
   * @param {import('./range-finder.js').RangeFinder} ranges
   * @param {() => void} invalidate asks for a frame
   */
  constructor(stage, frame, ranges, invalidate) {
    this.#stage = stage;
    this.#frame = frame;
    this.#ranges = ranges;
    this.#invalidate = invalidate;
  }

  /** Where the camera is, in the scene's frame. @returns {Pose} */
  get pose() {
    return { position: this.#pose.position.clone(), direction: this.#pose.direction.clone() };
  }

  get mode() {
    return this.#mode;
  }

  set mode(mode) {
    this.#mode = mode;
    this.#pivot = null;
  }

  /** Whether the next frame will move the camera. */
  get isMoving() {
    return this.#flight !== null || this.#turning.isMoving || this.#panning.isMoving || this.#zooming.isMoving
      || this.#walk.lengthSq() > 0 || this.#walkTarget.lengthSq() > 0;
  }

  /** Clockwise from north, radians. */
  get heading() {
    const { position } = this.#pose, north = this.#frame.northAt(position), east = new THREE.Vector3().crossVectors(north, this.#frame.upAt(position));
    const ahead = this.#above().multiplyScalar(this.#pose.direction.dot(this.#frame.upAt(position)) > 0 ? -1 : 1).add(this.#pose.direction);
    return Math.atan2(ahead.dot(east), ahead.dot(north));
  }

  /** Drags: turns round what is under the pointer, or looks around. @param {number} dx @param {number} dy pixels */
  turn(dx, dy) {
    this.#interrupt();
    if (this.#mode === 'orbit' && this.#isGlobeInHand) {
      this.pan(dx, dy);
      return;
    }
    this.#turning.push([dx * TURN_PER_PIXEL, dy * TURN_PER_PIXEL, 0]);
  }

  /** Moves what is under the pointer with it. @param {number} dx @param {number} dy pixels */
  pan(dx, dy) {
    this.#interrupt();
    const height = Math.max(1, this.#stage.renderer.domElement.clientHeight);
    this.#panning.push([dx / height, dy / height, 0]);
  }

  /** Goes nearer to what is under the pointer, or away: times e to the power of the amount. @param {number} amount */
  zoom(amount) {
    this.#interrupt();
    this.#zooming.push([amount, 0, 0]);
  }

  /** Walks while keys are held. @param {number[]} direction right, ahead, up, each −1 to 1, or more to hurry */
  walk(direction) {
    this.#walkTarget.fromArray(direction);
    if (this.#walkTarget.lengthSq() > 0)
      this.#interrupt();
    this.#invalidate();
  }

  /** @param {number} factor */
  changeSpeed(factor) {
    this.#speed = THREE.MathUtils.clamp(this.#speed * factor, 0.05, 50);
    return this.#speed;
  }

  /** What the next drags and turns of the wheel are about. @param {THREE.Vector3 | null} point in the scene's frame */
  grip(point) {
    this.#pivot = this.#anchor = point;
  }

  /** Ends all motion. */
  stop() {
    this.#flight = null;
    this.#turning.stop();
    this.#panning.stop();
    this.#zooming.stop();
    this.#walk.set(0, 0, 0);
  }

  /** Flies to where the whole scene is seen. */
  flyHome() {
    this.flyTo(this.#home);
  }

  frameScene() {
    this.place(this.#home);
  }

  /**
   * Says what the whole scene is best seen from.
   * @param {Pose | null} pose null to work it out
   */
  setHome(pose) {
    this.#homePose = pose;
  }

  /** @type {Pose | null} */
  #homePose = null;

  get #home() {
    return this.#homePose ?? poseFor(this.#frame.root, this.#frame, this.#stage.camera);
  }

  /**
   * Looks at a point from a distance, in the direction the camera has.
   * @param {THREE.Vector3} point
   * @param {number} distance metres
   */
  frameWorld(point, distance) {
    const { direction } = this.#pose;
    this.place({ position: point.clone().addScaledVector(direction, -distance), direction });
  }

  /** Flies to see a volume. @param {import('./scene-frame.js').Volume} volume */
  frameVolume(volume) {
    this.flyTo(poseFor(volume, this.#frame, this.#stage.camera));
  }

  /** Flies nearer to a point. @param {THREE.Vector3} point */
  approach(point) {
    const { position, direction } = this.#pose, distance = position.distanceTo(point), up = this.#frame.upAt(point);
    const towards = point.clone().sub(position).normalize(), down = -towards.dot(up);
    // Not along the ground, where nothing would be seen of it.
    if (down < 0.25)
      towards.addScaledVector(up, -(0.25 - Math.max(down, -1))).normalize();
    else if (!this.#isGlobeInHand)
      towards.lerp(direction, 0.2).normalize();
    const near = this.#isGlobeInHand ? distance * 0.3 : Math.max(distance * 0.3, NEAREST * 4);
    this.flyTo({ position: point.clone().addScaledVector(towards, -near), direction: towards });
  }

  /** Turns to the north. */
  faceNorth() {
    const { position, direction } = this.#pose, up = this.#frame.upAt(position), turned = direction.clone().applyAxisAngle(up, this.heading);
    this.flyTo({ position, direction: turned.normalize() });
  }

  /** @param {Pose} pose */
  flyTo(pose) {
    this.stop();
    if (this.#reducedMotion.matches) {
      this.place(pose);
      return;
    }
    this.#flight = new Flight(this.#pose, pose, this.#frame, performance.now() / 1000);
    this.#invalidate();
  }

  /** Moves along a path until it ends, or something else moves the camera. @param {CameraPath} path */
  follow(path) {
    this.stop();
    this.#flight = path;
    this.#invalidate();
  }

  /** What the camera moves along by itself. */
  get path() {
    return this.#flight;
  }

  /**
   * Puts the camera somewhere, at once.
   * @param {{ position: THREE.Vector3, direction: THREE.Vector3, up?: THREE.Vector3 }} pose in the scene's frame
   */
  place({ position, direction, up }) {
    this.stop();
    if (up && !this.#frame.isGlobal)
      this.#frame.setUp(up);
    this.#headUp.copy(up && this.#frame.isGlobal ? up : this.#frame.northAt(position));
    this.#pose = { position: position.clone(), direction: direction.clone().normalize() };
    this.#ranges.forget();
    this.grip(null);
    this.#settle();
  }

  /**
   * Moves on by a frame.
   * @param {number} time milliseconds
   * @returns {boolean} whether the camera moved
   */
  update(time) {
    const seconds = THREE.MathUtils.clamp((time - this.#last) / 1000, 0.001, 0.1);
    this.#last = time;
    if (this.isMoving) {
      if (this.#flight)
        this.#fly();
      else
        this.#moveByHand(seconds);
      this.#settle();
    }
    const moved = this.#placed;
    this.#placed = false;
    return moved;
  }

  /** How near and far selection looks: the same from the same place, whatever is drawn. */
  get depthRange() {
    const { position } = this.#pose;
    return depthRangeFor(position, this.#ranges.guess(position) * 0.1, this.#frame);
  }

  /** What is near has changed: the picture's depth must follow. */
  refreshDepth() {
    const { camera } = this.#stage, { position } = this.#pose, { near, far } = depthRangeFor(position, this.#ranges.nearest(position), this.#frame);
    if (near === camera.near && far === camera.far)
      return;
    Object.assign(camera, { near, far });
    camera.updateProjectionMatrix();
    this.#placed = true;
  }

  #interrupt() {
    this.#flight = null;
    this.#invalidate();
  }

  get #isGlobeInHand() {
    return this.#frame.isGlobal && this.#frame.altitudeOf(this.#pose.position) > GLOBE_IN_HAND * 6.4e6;
  }

  #settle() {
    const { position, direction } = this.#pose;
    this.#stage.place(position, direction, this.#above(), this.#frame);
    this.#ranges.touch();
    this.refreshDepth();
    this.#placed = true;
  }

  // What is up in the picture: the scene's up, or where the camera looks along it, what was up before.
  #above() {
    const { position, direction } = this.#pose, up = this.#frame.upAt(position);
    const across = up.clone().addScaledVector(direction, -up.dot(direction));
    if (across.lengthSq() > 1e-6)
      this.#headUp.copy(across.normalize());
    const above = this.#headUp.clone().addScaledVector(direction, -this.#headUp.dot(direction));
    if (above.lengthSq() > 1e-6)
      return above.normalize();
    return this.#frame.northAt(position).addScaledVector(direction, -this.#frame.northAt(position).dot(direction)).normalize();
  }

  #fly() {
    const { position, direction, arrived } = /** @type {CameraPath} */ (this.#flight).at(performance.now() / 1000);
    this.#pose = { position, direction };
    if (arrived) {
      this.#flight = null;
      this.#ranges.forget();
    }
  }

  /** @param {number} seconds */
  #moveByHand(seconds) {
    const atOnce = this.#reducedMotion.matches;
    const [yaw, pitch] = this.#turning.take(seconds, atOnce), [panX, panY] = this.#panning.take(seconds, atOnce), [zoom] = this.#zooming.take(seconds, atOnce);
    if (yaw || pitch)
      this.#turnBy(yaw, pitch);
    if (panX || panY)
      this.#panBy(panX, panY);
    if (zoom)
      this.#zoomBy(zoom);
    this.#walkOn(seconds, atOnce);
  }

  /** @param {number} yaw @param {number} pitch radians */
  #turnBy(yaw, pitch) {
    const { position, direction } = this.#pose, orbits = this.#mode === 'orbit';
    const pivot = orbits ? this.#pivotPoint : position, up = this.#frame.upAt(pivot), right = new THREE.Vector3().crossVectors(direction, this.#above()).normalize();
    const sign = orbits ? -1 : 1, elevation = Math.asin(THREE.MathUtils.clamp(direction.dot(up), -1, 1));
    const highest = Math.max(elevation, orbits ? HIGHEST_ORBITING : STEEPEST), lowest = Math.min(elevation, -STEEPEST);
    const raised = THREE.MathUtils.clamp(elevation + sign * pitch, lowest, highest) - elevation;
    const turn = new THREE.Quaternion().setFromAxisAngle(up, sign * yaw).multiply(new THREE.Quaternion().setFromAxisAngle(right, raised));
    direction.applyQuaternion(turn).normalize();
    this.#headUp.applyQuaternion(turn);
    if (orbits)
      position.sub(pivot).applyQuaternion(turn).add(pivot);
  }

  /** @param {number} x @param {number} y shares of the picture's height */
  #panBy(x, y) {
    const { position, direction } = this.#pose, pivot = this.#pivotPoint, up = this.#frame.upAt(position), above = this.#above();
    const right = new THREE.Vector3().crossVectors(direction, above), depth = Math.abs(pivot.clone().sub(position).dot(direction));
    const scale = 2 * Math.tan(this.#stage.camera.fov * Math.PI / 360) * Math.max(depth, NEAREST), steepness = Math.abs(direction.dot(up));
    // Over ground one moves along it; before a wall, up and down.
    const along = steepness > 0.17 ? new THREE.Vector3().crossVectors(up, right).normalize().divideScalar(Math.max(steepness, 0.3)) : above;
    const shift = right.multiplyScalar(-x * scale).addScaledVector(along, y * scale);
    if (this.#frame.isGlobal)
      shift.multiplyScalar(position.length() / Math.max(pivot.length(), 1));
    this.#shift(shift, steepness > 0.17);
    if (!this.#frame.isGlobal)
      this.#pivot?.add(shift);
  }

  /** @param {number} amount */
  #zoomBy(amount) {
    const { position, direction } = this.#pose, anchor = this.#anchor ?? this.#pivotPoint, before = position.distanceTo(anchor);
    const farthest = this.#frame.isGlobal ? 6e7 : this.#frame.radius * 20;
    const after = THREE.MathUtils.clamp(before * Math.exp(amount), Math.min(before, NEAREST), Math.max(before, farthest)), upBefore = this.#frame.upAt(position);
    const away = position.sub(anchor).multiplyScalar(after / Math.max(before, 1e-9)), far = this.#frame.isGlobal && amount > 0;
    // Going away from the globe, one rises over what one went away from, and has it in the picture's middle.
    const rise = far ? THREE.MathUtils.smoothstep(Math.log10(Math.max(after, 1)), 5, 6.8) * (1 - Math.exp(-2 * amount)) : 0;
    position.copy(away.lerp(this.#frame.upAt(anchor).multiplyScalar(after), rise).setLength(after)).add(anchor);
    if (!this.#frame.isGlobal)
      return;
    const up = this.#frame.upAt(position);
    direction.applyQuaternion(new THREE.Quaternion().setFromUnitVectors(upBefore, up)).lerp(up.negate(), rise).normalize();
  }

  /** @param {number} seconds @param {boolean} atOnce */
  #walkOn(seconds, atOnce) {
    this.#walk.lerp(this.#walkTarget, atOnce ? 1 : 1 - Math.exp(-seconds / ACCELERATION));
    if (this.#walkTarget.lengthSq() === 0 && this.#walk.lengthSq() < 1e-4)
      this.#walk.set(0, 0, 0);
    if (this.#walk.lengthSq() === 0)
      return;
    const { position, direction } = this.#pose, up = this.#frame.upAt(position), right = new THREE.Vector3().crossVectors(direction, this.#above());
    const ahead = this.#mode === 'fly' ? direction.clone() : new THREE.Vector3().crossVectors(up, right).normalize();
    const speed = this.#speed * Math.max(this.#ranges.below ?? this.#ranges.reach(position), 2) * (this.#mode === 'fly' ? 0.9 : 0.7);
    const shift = right.multiplyScalar(this.#walk.x).addScaledVector(ahead, this.#walk.y).addScaledVector(up, this.#walk.z).multiplyScalar(speed * seconds);
    this.#shift(shift, this.#mode === 'orbit' && this.#walk.z === 0);
    this.#pivot = this.#anchor = null;
  }

  // Along the globe's surface, where it is one.
  /** @param {THREE.Vector3} shift @param {boolean} keepsAltitude */
  #shift(shift, keepsAltitude) {
    const { position, direction } = this.#pose, before = this.#frame.upAt(position), altitude = this.#frame.altitudeOf(position);
    position.add(shift);
    if (!this.#frame.isGlobal)
      return;
    const after = this.#frame.upAt(position);
    if (keepsAltitude)
      position.addScaledVector(after, altitude - this.#frame.altitudeOf(position));
    direction.applyQuaternion(new THREE.Quaternion().setFromUnitVectors(before, after)).normalize();
  }

  // What is turned about: what was gripped, else what lies in the picture's middle.
  get #pivotPoint() {
    const { position, direction } = this.#pose;
    return this.#pivot ??= position.clone().addScaledVector(direction, this.#ranges.reach(position));
  }
}
