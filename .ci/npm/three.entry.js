// What a surface in three dimensions is drawn with.
export {
  WebGLRenderer, Scene, PerspectiveCamera, OrthographicCamera, BufferGeometry, BufferAttribute, Mesh, MeshBasicMaterial, MeshLambertMaterial,
  ShaderMaterial, LineSegments, Line, LineBasicMaterial, LineDashedMaterial, Points, PointsMaterial, Color, Vector2, Vector3, Vector4,
  Raycaster, Plane, DoubleSide, FrontSide, BackSide, Matrix4, Group, Sprite, SpriteMaterial, CanvasTexture, DataTexture, AmbientLight, DirectionalLight,
} from 'three';
export { OrbitControls } from 'three/addons/controls/OrbitControls.js';
export { Line2 } from 'three/addons/lines/Line2.js';
export { LineMaterial } from 'three/addons/lines/LineMaterial.js';
export { LineGeometry } from 'three/addons/lines/LineGeometry.js';
