// What a surface in three dimensions is drawn with.
export {
  BufferAttribute, BufferGeometry, CanvasTexture, DoubleSide, LineSegments, Mesh, PerspectiveCamera, Points, Scene, ShaderMaterial, Vector2, Vector3, WebGLRenderer,
} from 'three';
export { OrbitControls } from 'three/addons/controls/OrbitControls.js';
export { LineGeometry } from 'three/addons/lines/LineGeometry.js';
