// A clear sky: a gradient by elevation, drawn behind everything. On the globe the horizon sinks as one rises, and the sky gives way to space.
import * as THREE from 'three';
import { LodestreamTiles } from '../lodestream.js';
import { EQUATORIAL } from './geodesy.js';

const VERTEX = /* glsl */`
uniform mat4 clipToWorld;
varying vec3 vDirection;
void main() {
  gl_Position = vec4(position.xy, 1.0, 1.0);
  vec4 far = clipToWorld * vec4(position.xy, 1.0, 1.0);
  vDirection = far.xyz / far.w;
}
`;

const FRAGMENT = /* glsl */`
uniform vec3 up;
uniform float dip;
uniform float space;
varying vec3 vDirection;
void main() {
  float elevation = asin(clamp(dot(normalize(vDirection), up), -1.0, 1.0)) + dip;
  vec3 zenith = mix(vec3(0.055, 0.19, 0.47), vec3(0.002, 0.003, 0.006), space), horizon = mix(vec3(0.58, 0.74, 0.90), vec3(0.32, 0.52, 0.80), space);
  vec3 nadir = mix(vec3(0.035, 0.052, 0.075), vec3(0.012, 0.022, 0.04), space);
  // Seen from afar the air is a thin shell, and the thinner the smaller the globe is.
  float thickness = mix(4.0, 100.0 / (1.5707963 - dip), space);
  vec3 color = elevation > 0.0
    ? mix(horizon, zenith, 1.0 - exp(-thickness * elevation))
    : mix(mix(horizon, nadir, 0.3 * space), nadir, 1.0 - exp(thickness * elevation));
  gl_FragColor = vec4(color, 1.0);
  #include <colorspace_fragment>
}
`;

export function makeSky() {
  const geometry = new THREE.BufferGeometry().setAttribute('position', new THREE.Float32BufferAttribute([-1, -1, 0, 3, -1, 0, -1, 3, 0], 3));
  const uniforms = { up: { value: new THREE.Vector3(0, 0, 1) }, dip: { value: 0 }, space: { value: 0 }, clipToWorld: { value: new THREE.Matrix4() } };
  const sky = new THREE.Mesh(geometry, new THREE.ShaderMaterial({
    uniforms, vertexShader: VERTEX, fragmentShader: FRAGMENT, depthTest: false, depthWrite: false, toneMapped: false,
  }));
  sky.frustumCulled = false;
  sky.renderOrder = LodestreamTiles.backdropOrder - 1;
  const rotation = new THREE.Matrix4(), inverse = new THREE.Matrix4();
  sky.onBeforeRender = (_renderer, _scene, camera) => {
    // The camera's rotation alone: its position may be an Earth's radius from the origin.
    rotation.extractRotation(camera.matrixWorld);
    uniforms.clipToWorld.value.multiplyMatrices(rotation, inverse.copy(camera.projectionMatrix).invert());
  };
  /** @type {(up: THREE.Vector3, altitude: number | null) => void} the altitude above the globe, metres; null in local scenes */
  sky.userData.follow = (up, altitude) => {
    const height = Math.max(altitude ?? 0, 0);
    uniforms.up.value.copy(up);
    uniforms.dip.value = Math.acos(EQUATORIAL / (EQUATORIAL + height));
    uniforms.space.value = THREE.MathUtils.smoothstep(Math.log10(Math.max(height, 1)), 4.2, 5.6);
  };
  return sky;
}
