// A clear sky: a gradient by elevation, drawn behind everything.
import * as THREE from 'three';
import { LodestreamTiles } from '../lodestream.js';

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
varying vec3 vDirection;
void main() {
  float elevation = dot(normalize(vDirection), up);
  vec3 zenith = vec3(0.055, 0.19, 0.47), horizon = vec3(0.58, 0.74, 0.90), nadir = vec3(0.018, 0.028, 0.045);
  vec3 color = elevation > 0.0
    ? mix(horizon, zenith, 1.0 - exp(-4.0 * elevation))
    : mix(horizon, nadir, 1.0 - exp(4.0 * elevation));
  gl_FragColor = vec4(color, 1.0);
  #include <colorspace_fragment>
}
`;

export function makeSky() {
  const geometry = new THREE.BufferGeometry().setAttribute('position', new THREE.Float32BufferAttribute([-1, -1, 0, 3, -1, 0, -1, 3, 0], 3));
  const uniforms = { up: { value: new THREE.Vector3(0, 0, 1) }, clipToWorld: { value: new THREE.Matrix4() } };
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
  sky.userData.setUp = (/** @type {THREE.Vector3} */ up) => uniforms.up.value.copy(up);
  return sky;
}
