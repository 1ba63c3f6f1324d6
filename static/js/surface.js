// The relief: a cut block of ground under WebGL, with trails of even width in pixels. Heads and words are painted on a
// flat canvas above it, so that they are as sharp as on the map.

import {
  BufferAttribute, BufferGeometry, CanvasTexture, DoubleSide, LineGeometry, LineSegments, Mesh, OrbitControls,
  PerspectiveCamera, Points, Scene, ShaderMaterial, Vector2, Vector3, WebGLRenderer,
} from '../vendor/three.js';
import { bytesOf } from './density.js';
import { heights, ramp } from './ramp.js';
import { Segments, trace } from './contours.js';
import { DASHES, FAINT, FUTURE, casedText, drawArrow, drawMarker, drawMinimum, drawSaddle, drawStart, inksOf, otherDash, readTheme } from './marks.js';

/** @typedef {import('./marks.js').Walk} Walk */
/** @typedef {import('./marks.js').Ground} Ground */
/** @typedef {import('./marks.js').Picture} Picture */
/** @typedef {import('./marks.js').Theme} Theme */

/** Height of the block's ground over its width. */
const RELIEF = 0.42;
const FLOOR = -0.1;
/** More nodes per side than this are not seen at the size of a panel. */
const SIDE = 129;
/** Records of a trail beyond which they are thinned. */
const VERTICES = 4000;
const FLOATS = 6;
// High enough to see the floor of a valley behind the near wall.
const AZIMUTH = 18 * Math.PI / 180, ELEVATION = 58 * Math.PI / 180;
const FAR = 12;
/** A buffer that is written often, as WebGL calls it. */
const DYNAMIC = 35048;

/** Towards the one light, upper left as seen from the first camera. */
const LIGHT = new Vector3(-Math.cos(AZIMUTH) * 0.62 + Math.sin(AZIMUTH) * 0.2, 0.72, Math.sin(AZIMUTH) * 0.62 + Math.cos(AZIMUTH) * 0.2).normalize();

const GROUND_VERTEX = `
attribute vec2 tone;
varying vec2 vTone;
void main() { vTone = tone; gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0); }`;
const GROUND_FRAGMENT = `
uniform sampler2D ramp;
varying vec2 vTone;
void main() {
  vec3 c = texture2D(ramp, vec2((clamp(vTone.x, 0.0, 1.0) * 255.0 + 0.5) / 256.0, 0.5)).rgb;
  gl_FragColor = vec4(min(c * vTone.y, 1.0), 1.0);
}`;
const PLAIN_VERTEX = `
uniform float size;
void main() { gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0); gl_PointSize = size; }`;
const PLAIN_FRAGMENT = `
uniform vec4 colour;
void main() { gl_FragColor = colour; }`;

// One instance is the stretch between two vertices of a trail. A vertex knows the record it belongs to, so the playhead
// moves by a uniform and nothing is uploaded while time only runs.
const TRAIL_VERTEX = `
attribute vec3 p0; attribute vec3 p1;
attribute vec3 e0; attribute vec3 e1;
uniform vec2 resolution;
uniform vec3 tip;
uniform float head, first, width, scale, played, plane;
varying vec2 vUv;
varying float vAlong, vOff;
void main() {
  vec3 a = p0, b = p1;
  float from = e0.y, to = e1.y;
  bool gone = e0.z < 0.0 || e1.z < 0.0 || e1.x <= first;
  if (played > 0.5) {
    gone = gone || e0.x >= head;
    if (e1.x > head) { b = tip; to = from + distance(a, b); }
  } else {
    gone = gone || e1.x <= head;
    if (e0.x < head) a = tip;
  }
  vec4 ca = projectionMatrix * modelViewMatrix * vec4(a, 1.0), cb = projectionMatrix * modelViewMatrix * vec4(b, 1.0);
  vec2 dir = (cb.xy / cb.w - ca.xy / ca.w) * resolution;
  float len = length(dir);
  dir = len > 1e-4 ? dir / len : vec2(1.0, 0.0);
  float off = position.y < 0.5 ? e0.z : e1.z;
  float w = width + plane * (0.6 - 1.6 * off);
  vec2 offset = position.x * vec2(dir.y, -dir.x);
  if (position.y < 0.0) offset -= dir;
  if (position.y > 1.0) offset += dir;
  vec4 c = position.y < 0.5 ? ca : cb;
  c.xy += offset * w * c.w / resolution;
  vUv = uv;
  vAlong = (position.y < 0.5 ? from : to) * scale;
  vOff = off * plane;
  gl_Position = gone ? vec4(2.0, 2.0, 2.0, 1.0) : c;
}`;
const POINT_VERTEX = `
uniform float size;
attribute vec4 tint;
varying vec4 vTint;
void main() {
  vTint = tint;
  gl_PointSize = size;
  gl_Position = projectionMatrix * modelViewMatrix * vec4(position, 1.0);
}`;
const POINT_FRAGMENT = `
varying vec4 vTint;
void main() { gl_FragColor = vTint; }`;
const TRAIL_FRAGMENT = `
uniform vec3 colour;
uniform float opacity, period;
uniform float dash[6];
varying vec2 vUv;
varying float vAlong, vOff;
void main() {
  float over = abs(vUv.y) - 1.0;
  if (period > 0.0) {
    if (over > 0.0) discard;
    float at = mod(vAlong, period), edge = 0.0;
    bool drawn = false;
    for (int i = 0; i < 6; i++) {
      float next = edge + dash[i];
      if (at >= edge && at < next) drawn = i - (i / 2) * 2 == 0;
      edge = next;
    }
    if (!drawn) discard;
  } else if (over > 0.0 && vUv.x * vUv.x + over * over > 1.0) discard;
  gl_FragColor = vec4(colour, opacity * (1.0 - 0.6 * vOff));
}`;

const probe = /** @type {CanvasRenderingContext2D} */ (document.createElement('canvas').getContext('2d'));

/** A CSS colour as four numbers from 0 to 1. @param {string} css */
function rgba(css) {
  probe.fillStyle = css;
  const c = probe.fillStyle;
  if (c[0] === '#') return [1, 3, 5].map((i) => parseInt(c.slice(i, i + 2), 16) / 255).concat(1);
  const n = (c.match(/[\d.]+/g) ?? []).map(Number);
  return [n[0] / 255, n[1] / 255, n[2] / 255, n[3] ?? 1];
}

/** @param {number} [size] */
function plain(size = 1) {
  return new ShaderMaterial({ vertexShader: PLAIN_VERTEX, fragmentShader: PLAIN_FRAGMENT, uniforms: { colour: { value: [0, 0, 0, 1] }, size: { value: size } }, transparent: true, depthWrite: false });
}

/** The vertices of one walk on the ground, and its three lines: casing, colour, and what is to come. */
class Trail {
  /** @param {SurfaceView} view */
  constructor(view) {
    this.view = view;
    this.meshes = [this.line(2, 5, true), this.line(3, 2, true), this.line(1, 1, false)];
    this.capacity = 0;
    this.vertices = 0;
    this.next = 0;
    this.stride = 1;
    /** @type {Float64Array|null} */
    this.path = null;
    this.ground = NaN;
    this.first = [NaN, NaN];
    this.far = 0;
    this.slot = 0;
    this.ghost = this.faint = false;
    this.theme = null;
  }

  /** @param {number} order @param {number} width @param {boolean} played */
  line(order, width, played) {
    const material = new ShaderMaterial({
      vertexShader: TRAIL_VERTEX, fragmentShader: TRAIL_FRAGMENT, transparent: true, depthWrite: false, side: DoubleSide,
      uniforms: {
        resolution: { value: this.view.resolution }, tip: { value: new Vector3() }, head: { value: 0 }, first: { value: -1 }, width: { value: width }, scale: { value: 1 },
        played: { value: played ? 1 : 0 }, plane: { value: 0 }, colour: { value: [0, 0, 0] }, opacity: { value: played ? 1 : FUTURE }, period: { value: 0 }, dash: { value: [0, 0, 0, 0, 0, 0] },
      },
    });
    const mesh = new Mesh(new BufferGeometry(), material);
    mesh.frustumCulled = false;
    mesh.renderOrder = order;
    mesh.visible = false;
    this.view.scene.add(mesh);
    return mesh;
  }

  /** Room for so many vertices; the buffer doubles. @param {number} n */
  reserve(n) {
    if (n <= this.capacity) return;
    const old = this.data;
    this.capacity = Math.max(1024, 2 * this.capacity, n);
    const shape = new LineGeometry();
    shape.setPositions(new Float32Array(6));
    const Attribute = shape.attributes.instanceStart.constructor, Buffer = shape.attributes.instanceStart.data.constructor;
    const array = new Float32Array(this.capacity * FLOATS);
    if (old) array.set(old.array.subarray(0, this.vertices * FLOATS));
    this.data = new Buffer(array, FLOATS, 1);
    shape.deleteAttribute('instanceStart');
    shape.deleteAttribute('instanceEnd');
    // Both ends read one buffer, the far end a vertex later.
    shape.setAttribute('p0', new Attribute(this.data, 3, 0));
    shape.setAttribute('e0', new Attribute(this.data, 3, 3));
    shape.setAttribute('p1', new Attribute(this.data, 3, FLOATS));
    shape.setAttribute('e1', new Attribute(this.data, 3, FLOATS + 3));
    this.geometry?.dispose();
    this.geometry = shape;
    for (const m of this.meshes) m.geometry = shape;
  }

  /** @param {Walk} w */
  update(w) {
    const view = this.view, path = w.path;
    let stride = this.stride;
    while (w.count / stride > VERTICES) stride *= 2;
    const far = w.far;
    if (path !== this.path || view.builds !== this.ground || w.count < this.known || stride !== this.stride || path[0] !== this.first[0] || path[1] !== this.first[1] || far > this.far * 1.05) {
      this.path = path;
      this.ground = view.builds;
      this.first[0] = path[0];
      this.first[1] = path[1];
      this.far = far;
      this.stride = w.count / stride < VERTICES / 4 ? 1 : stride;
      this.vertices = this.next = this.known = 0;
    }
    if (w.count !== this.known) this.extend(w);
    const g = this.geometry, n = Math.max(0, this.total - 1);
    if (g) g.instanceCount = n;
    const playing = w.ghost ? w.count - 1 > w.from : w.shown > 0;
    const at = w.ghost ? w.count - 1 : w.shown - 1 + (w.shown < w.count ? w.blend : 0);
    for (let k = 0; k < 3; k++) {
      const m = this.meshes[k], u = m.material.uniforms;
      m.visible = w.visible && view.land.visible && n > 0 && (k === 2 ? !w.ghost && !w.faint && w.count > w.shown : playing && !(w.faint && k === 0));
      u.head.value = at;
      u.first.value = w.ghost ? w.from : -1;
      u.scale.value = view.pixels;
      u.plane.value = w.distance ? 1 : 0;
      if (w.shown > 0) view.onGround(view.along(w, 0), view.along(w, 1), u.tip.value);
    }
    if (w.slot !== this.slot || view.theme !== this.theme || w.ghost !== this.ghost || w.faint !== this.faint) this.paint(w);
  }

  /** Adds the records not yet drawn. A long step is laid down on the ground in pieces. @param {Walk} w */
  extend(w) {
    const view = this.view, path = w.path, kept = this.vertices;
    const cell = 1.5 / Math.max(2, view.columns);
    let n = this.vertices;
    for (let i = this.next; i < w.count;) {
      const ps = i > 0 && n > 0 ? this.ls : NaN, pt = this.lt, pi = this.li;
      const s = view.unit(path[2 * i], 0), t = view.unit(path[2 * i + 1], 1);
      const long = Math.hypot(s - ps, t - pt), pieces = long > cell ? Math.min(48, Math.ceil(long / cell)) : 1;
      this.reserve(n + pieces + 2);
      const d = this.data.array;
      for (let k = 1; k <= pieces; k++, n++) {
        const f = k / pieces, o = n * FLOATS, s2 = f === 1 ? s : ps + f * (s - ps), t2 = f === 1 ? t : pt + f * (t - pt);
        const h = view.level(s2, t2);
        d[o] = s2 - 0.5;
        d[o + 1] = h === h ? h * RELIEF + 0.002 : 0;
        d[o + 2] = 0.5 - t2;
        d[o + 3] = f === 1 ? i : pi + f * (i - pi);
        const q = o - FLOATS;
        d[o + 4] = n > 0 ? d[q + 4] + Math.hypot(d[o] - d[q], d[o + 1] - d[q + 1], d[o + 2] - d[q + 2]) : 0;
        // A vertex off the block or over a hole breaks the line.
        d[o + 5] = h === h ? (w.distance && this.far > 0 ? Math.min(1, w.distance[i] / this.far) : 0) : -1;
      }
      if (i % this.stride === 0) {
        this.vertices = n;
        this.next = i + this.stride;
        this.ls = s; this.lt = t; this.li = i;
      }
      // The newest record is always an end, even between two strides; it is written over later.
      i = i + this.stride < w.count || i === w.count - 1 ? i + this.stride : w.count - 1;
    }
    this.known = w.count;
    this.total = n;
    if (n > 0) {
      this.data.addUpdateRange(kept * FLOATS, (n - kept) * FLOATS);
      this.data.needsUpdate = true;
    }
  }

  known = 0;
  total = 0;
  ls = NaN;
  lt = NaN;
  li = 0;
  /** @type {any} */
  data = null;
  /** @type {any} */
  geometry = null;

  /** @param {Walk} w */
  paint(w) {
    const t = this.theme = this.view.theme, slot = this.slot = w.slot;
    this.ghost = w.ghost;
    this.faint = w.faint;
    const colour = rgba(t.m[slot]), dash = w.faint ? [] : w.ghost ? otherDash(slot) : DASHES[slot] ?? [];
    const width = w.faint ? 0.7 * t.trail : w.ghost ? 0.8 * t.trail : t.trail;
    this.meshes[0].material.uniforms.colour.value = rgba(t.case).slice(0, 3);
    for (let k = 1; k < 3; k++) this.meshes[k].material.uniforms.colour.value = colour.slice(0, 3);
    this.meshes[0].material.uniforms.width.value = width + (w.ghost ? 2.4 : 3);
    const u = this.meshes[1].material.uniforms;
    u.width.value = width;
    u.opacity.value = w.faint ? FAINT : 1;
    u.period.value = dash.reduce((a, b) => a + b, 0);
    u.dash.value = [0, 1, 2, 3, 4, 5].map((i) => dash[i] ?? 0);
    // The run left behind lies under everything played.
    this.meshes[0].renderOrder = w.ghost ? 1.4 : 2;
    this.meshes[1].renderOrder = w.ghost ? 1.5 : w.faint ? 1.6 : dash.length ? 4 : 3;
  }

  dispose() {
    this.geometry?.dispose();
    for (const m of this.meshes) {
      this.view.scene.remove(m);
      m.material.dispose();
    }
  }
}

export class SurfaceView {
  /**
   * Throws where there is no WebGL2.
   * @param {HTMLElement} host filled with the view's canvases
   * @param {{onStart?: (s: number, t: number) => void, onHover?: (s: number, t: number, cross: boolean) => void, onLost?: () => void, onRestored?: () => void, onCamera?: () => void, still?: boolean}} [options]
   *   a still view is drawn once at a time, for export, and answers nothing
   */
  constructor(host, { onStart, onHover, onLost, onRestored, onCamera, still = false } = {}) {
    const canvas = document.createElement('canvas');
    const keep = still || new URLSearchParams(location.search).has('snapshots');
    const gl = canvas.getContext('webgl2', { antialias: true, alpha: true, preserveDrawingBuffer: keep });
    if (!gl) throw new Error('no WebGL2');
    this.host = host;
    this.onStart = onStart;
    this.onHover = onHover;
    this.canvas = canvas;
    this.over = document.createElement('canvas');
    this.still = still;
    this.onCamera = onCamera;
    canvas.className = 'view turns';
    this.over.className = 'view over';
    this.over.setAttribute('aria-hidden', 'true');
    canvas.tabIndex = 0;
    canvas.setAttribute('role', 'application');
    canvas.setAttribute('aria-roledescription', 'relief');
    canvas.setAttribute('aria-label', 'Relief of the landscape');
    canvas.setAttribute('aria-keyshortcuts', 'ArrowLeft ArrowRight ArrowUp ArrowDown + - 0');
    if (!still) host.append(canvas, this.over);
    this.g = /** @type {CanvasRenderingContext2D} */ (this.over.getContext('2d'));
    this.renderer = new WebGLRenderer({ canvas, context: gl, antialias: true, alpha: true });
    this.renderer.setClearColor(0, 0);
    const info = gl.getExtension('WEBGL_debug_renderer_info');
    /** Drawn by the processor: then every pixel counts. */
    this.software = /swiftshader|llvmpipe|software/i.test(String(info ? gl.getParameter(info.UNMASKED_RENDERER_WEBGL) : ''));
    this.resolution = new Vector2(1, 1);
    this.scene = new Scene();
    this.camera = new PerspectiveCamera(38, 1, 0.05, FAR);
    this.controls = new OrbitControls(this.camera, canvas);
    this.controls.enableDamping = false;
    this.controls.minDistance = 0.9;
    this.controls.maxDistance = 6;
    this.controls.maxPolarAngle = 88 * Math.PI / 180;
    this.moved = false;
    /** Distance from which the whole block is seen. */
    this.home = 2;
    this.flying = 0;
    this.controls.addEventListener('change', () => this.later());
    this.controls.addEventListener('start', () => { this.moved = true; cancelAnimationFrame(this.flying); });
    this.controls.addEventListener('end', () => this.onCamera?.());
    /** @type {Theme} */
    this.theme = readTheme();
    /** @type {Picture|null} */
    this.picture = null;
    this.version = NaN;
    /** @type {Float32Array|null} */
    this.values = null;
    /** Counts the grounds built; trails laid on an earlier one are laid anew. */
    this.builds = 0;
    this.width = this.height = 0;
    this.ratio = 1;
    this.pixels = 1;
    this.rows = this.columns = 2;
    /** @type {Float32Array} */
    this.field = new Float32Array(4);
    this.span = [0, 1, 0, 1];
    /** @type {Map<string, Trail>} */
    this.trails = new Map();
    this.waiting = false;
    this.lost = false;
    this.v = new Vector3();
    this.ray = new Vector3();
    this.segments = new Segments();

    this.rampName = 'sounding';
    this.ramp = document.createElement('canvas');
    this.ramp.width = 256;
    this.ramp.height = 1;
    this.texture = new CanvasTexture(this.ramp);
    this.texture.generateMipmaps = false;
    this.texture.minFilter = this.texture.magFilter;
    // The ground steps back by a few pixels of its own slope, so that lines lying on it keep their full width.
    const back = { side: DoubleSide, polygonOffset: true, polygonOffsetFactor: 3, polygonOffsetUnits: 8 };
    this.land = new Mesh(new BufferGeometry(), new ShaderMaterial({ vertexShader: GROUND_VERTEX, fragmentShader: GROUND_FRAGMENT, uniforms: { ramp: { value: this.texture } }, ...back }));
    const wall = plain();
    Object.assign(wall, back, { transparent: false, depthWrite: true });
    this.walls = new Mesh(new BufferGeometry(), wall);
    this.edges = new LineSegments(new BufferGeometry(), plain());
    this.minor = new LineSegments(new BufferGeometry(), plain());
    this.major = new LineSegments(new BufferGeometry(), plain());
    this.swarm = new Points(new BufferGeometry(), new ShaderMaterial({ vertexShader: POINT_VERTEX, fragmentShader: POINT_FRAGMENT, uniforms: { size: { value: 3 } }, transparent: true, depthWrite: false }));
    for (const o of [this.land, this.walls, this.edges, this.minor, this.major, this.swarm]) {
      o.frustumCulled = false;
      o.visible = false;
      this.scene.add(o);
    }
    this.swarm.renderOrder = 1;
    this.lose = (/** @type {Event} */ e) => {
      e.preventDefault();
      this.lost = true;
      onLost?.();
    };
    canvas.addEventListener('webglcontextlost', this.lose);
    canvas.addEventListener('webglcontextrestored', () => onRestored?.());
    if (!still) this.listen();
    this.colours();
    if (!still) this.resize();
  }

  /** @param {string} name */
  setRamp(name) {
    if (name === this.rampName) return;
    this.rampName = name;
    this.colours();
    this.later();
  }

  /** @param {Theme} theme */
  setTheme(theme) {
    this.theme = theme;
    this.colours();
    this.later();
  }

  colours() {
    const t = this.theme, g = /** @type {CanvasRenderingContext2D} */ (this.ramp.getContext('2d'));
    g.putImageData(new ImageData(Uint8ClampedArray.from(ramp(this.rampName, t.dark)), 256, 1), 0, 0);
    this.texture.needsUpdate = true;
    /** @type {[any, string][]} */
    const list = [[this.walls, t.wash2], [this.edges, t.line3], [this.minor, t.contour], [this.major, t.contourI]];
    for (const [o, css] of list) o.material.uniforms.colour.value = rgba(css);
    this.inks = Uint32Array.from(inksOf(t), (ink) => bytesOf(ink) | 0xff000000);
    this.scattered = null;
  }

  resize() {
    const dpr = Math.min(2, devicePixelRatio || 1);
    this.setSize(this.host.clientWidth, this.host.clientHeight, this.software ? 1 : dpr, dpr);
  }

  /** @param {number} width @param {number} height in CSS pixels @param {number} ratio device pixels of the ground for each @param {number} sharp and of the marks */
  setSize(width, height, ratio, sharp) {
    if (width < 2 || height < 2 || (width === this.width && height === this.height && ratio === this.ratio && sharp === this.sharp)) return;
    const cam = this.cam;
    this.width = width;
    this.height = height;
    this.ratio = ratio;
    this.sharp = sharp;
    this.renderer.setPixelRatio(ratio);
    this.renderer.setSize(width, height, false);
    this.over.width = Math.round(width * sharp);
    this.over.height = Math.round(height * sharp);
    this.resolution.set(width, height);
    this.swarm.material.uniforms.size.value = 2 * ratio;
    this.camera.aspect = width / height;
    this.camera.updateProjectionMatrix();
    this.frame();
    if (this.moved) this.put(cam[0], cam[1], cam[2]);
    this.later();
  }

  sharp = 1;

  /** The camera: degrees to the right, degrees up, and magnification against the first one. */
  get cam() {
    const o = this.ray.subVectors(this.camera.position, this.controls.target), r = o.length();
    return [Math.atan2(o.x, o.z) * 180 / Math.PI, Math.asin(o.y / r) * 180 / Math.PI, this.home / r];
  }

  /** Puts the camera at once. @param {number} azimuth @param {number} elevation @param {number} zoom */
  put(azimuth, elevation, zoom) {
    const a = azimuth * Math.PI / 180, e = Math.min(88, Math.max(2, elevation)) * Math.PI / 180, r = Math.min(6, Math.max(0.9, this.home / zoom));
    this.camera.position.set(r * Math.cos(e) * Math.sin(a), r * Math.sin(e), r * Math.cos(e) * Math.cos(a)).add(this.controls.target);
    this.controls.update();
    this.later();
  }

  /** Flies there in 300 ms, or is there at once where motion is not wanted. @param {number} azimuth @param {number} elevation @param {number} zoom */
  fly(azimuth, elevation, zoom) {
    cancelAnimationFrame(this.flying);
    this.moved = true;
    const [a, e, z] = this.cam;
    if (!(z > 0) || this.width < 2 || matchMedia('(prefers-reduced-motion: reduce)').matches) { this.put(azimuth, elevation, zoom); return; }
    const start = performance.now(), turn = ((azimuth - a + 540) % 360) - 180;
    const step = () => {
      const u = Math.min(1, (performance.now() - start) / 300), f = 1 - (1 - u) ** 3;
      this.put(a + f * turn, e + f * (elevation - e), z * (zoom / z) ** f);
      if (u < 1) this.flying = requestAnimationFrame(step);
    };
    step();
  }

  /** Takes the camera back to where the whole block is seen. */
  resetCamera() {
    this.fly(AZIMUTH * 180 / Math.PI, ELEVATION * 180 / Math.PI, 1);
    this.controls.target.copy(this.middle);
    this.moved = false;
  }

  middle = new Vector3();

  /** The first camera, at the smallest distance that shows every corner of the block. */
  frame() {
    const c = this.camera, v = this.v, target = this.controls.target.set(0, 0.1, 0);
    let near = 0.8, far = 6;
    for (let k = 0; k < 20; k++) {
      const d = this.home = (near + far) / 2;
      let low = Infinity, high = -Infinity, wide = 0;
      for (let pass = 0; pass < 2; pass++) {
        c.position.set(d * Math.cos(ELEVATION) * Math.sin(AZIMUTH), d * Math.sin(ELEVATION), d * Math.cos(ELEVATION) * Math.cos(AZIMUTH)).add(target);
        c.lookAt(target);
        c.updateMatrixWorld();
        low = Infinity; high = -Infinity; wide = 0;
        for (let i = 0; i < 8; i++) {
          v.set(i & 1 ? 0.5 : -0.5, i & 2 ? RELIEF : FLOOR, i & 4 ? 0.5 : -0.5).project(c);
          low = Math.min(low, v.y); high = Math.max(high, v.y); wide = Math.max(wide, Math.abs(v.x));
        }
        // The middle of the block's outline comes to the middle of the panel.
        if (pass === 0) target.y += (high + low) / 2 * d * Math.tan(c.fov * Math.PI / 360) / Math.cos(ELEVATION);
      }
      if (wide < 0.95 && high < 0.97 && low > -0.9) far = d; else near = d;
      if (k < 19) target.set(0, 0.1, 0);
    }
    this.middle.copy(target);
    this.controls.update();
  }

  /** Draws in the next frame, once, however often it is asked. */
  later() {
    if (this.waiting || this.lost || this.still) return;
    this.waiting = true;
    requestAnimationFrame(() => { if (this.waiting) this.render(); });
  }

  /** @param {Picture} picture */
  draw(picture) {
    this.picture = picture;
    this.render();
  }

  /** Draws ground and marks into another canvas. @param {CanvasRenderingContext2D} g @param {number} x @param {number} y @param {number} width @param {number} height */
  copy(g, x, y, width, height) {
    this.render();
    g.drawImage(this.canvas, x, y, width, height);
    g.drawImage(this.over, x, y, width, height);
  }

  dispose() {
    this.lost = true;
    cancelAnimationFrame(this.flying);
    this.canvas.removeEventListener('webglcontextlost', this.lose);
    clearTimeout(this.click);
    this.controls.dispose();
    for (const t of this.trails.values()) t.dispose();
    this.trails.clear();
    for (const o of [this.land, this.walls, this.edges, this.minor, this.major, this.swarm]) { o.geometry.dispose(); o.material.dispose(); }
    this.texture.dispose();
    this.renderer.dispose();
    this.canvas.remove();
    this.over.remove();
    this.picture = null;
  }

  render() {
    this.waiting = false;
    const p = this.picture;
    if (!p || this.lost || this.width < 2) return;
    const version = p.ground ? p.ground.version : -1;
    const values = p.ground ? p.ground.values : null, span = p.ground ? p.ground.range : p.range;
    if (version !== this.version || values !== this.values || span[0] !== this.span[0] || span[1] !== this.span[1] || span[2] !== this.span[2] || span[3] !== this.span[3]) {
      this.version = version;
      this.values = values;
      this.span = span.slice();
      this.builds++;
      this.build(p.ground);
    }
    this.camera.updateMatrixWorld();
    this.pixels = this.height / (2 * Math.tan(this.camera.fov * Math.PI / 360) * this.camera.position.distanceTo(this.controls.target));
    for (let i = 0; i < p.walks.length; i++) {
      const w = p.walks[i];
      let t = this.trails.get(w.key);
      if (!t) this.trails.set(w.key, t = new Trail(this));
      t.update(w);
    }
    if (this.trails.size > p.walks.length) {
      for (const [key, t] of this.trails) if (!p.walks.some((w) => w.key === key)) { t.dispose(); this.trails.delete(key); }
    }
    this.scatter(p.swarm, p.ends);
    this.renderer.render(this.scene, this.camera);
    this.marks(p);
  }

  // Places on the block. Its axes run from 0 to 1 over the ground's range.

  /** @param {number} value @param {number} axis */
  unit(value, axis) { return (value - this.span[2 * axis]) / (this.span[2 * axis + 1] - this.span[2 * axis]); }

  /** Displayed height on the drawn triangles, NaN off the block and over holes. @param {number} s @param {number} t both in units */
  level(s, t) {
    const x = s * (this.columns - 1), y = t * (this.rows - 1);
    if (!(x >= 0 && y >= 0 && x <= this.columns - 1 && y <= this.rows - 1)) return NaN;
    const c = Math.min(this.columns - 2, Math.floor(x)), r = Math.min(this.rows - 2, Math.floor(y)), u = x - c, v = y - r;
    const f = this.field, k = r * this.columns + c, b = f[k + 1], d = f[k + this.columns];
    if (u + v <= 1) return f[k] + u * (b - f[k]) + v * (d - f[k]);
    const e = f[k + this.columns + 1];
    return e + (1 - u) * (d - e) + (1 - v) * (b - e);
  }

  /** @param {number} s @param {number} t values @param {Vector3} out @returns {boolean} whether the point lies on the ground */
  onGround(s, t, out) {
    const a = this.unit(s, 0), b = this.unit(t, 1), h = this.level(a, b);
    out.set(a - 0.5, h === h ? h * RELIEF + 0.002 : 0, 0.5 - b);
    return h === h;
  }

  /** Where the head of a walk is. @param {Walk} w @param {number} axis */
  along(w, axis) {
    const i = 2 * (w.shown - 1) + axis, a = w.path[i];
    return w.shown < w.count ? a + w.blend * (w.path[i + 2] - a) : a;
  }

  // The part that waits for a new ground.

  /** @param {Ground|null} d */
  build(d) {
    const here = d !== null && d.rows > 1 && d.columns > 1;
    for (const o of [this.land, this.walls, this.edges, this.minor, this.major]) o.visible = here;
    if (!here) {
      this.rows = this.columns = 2;
      this.field = new Float32Array(4);
      return;
    }
    const rows = this.rows = Math.min(SIDE, d.rows), columns = this.columns = Math.min(SIDE, d.columns);
    const f = this.field = heights(d, rows, columns);
    for (let i = 0; i < f.length; i++) if (f[i] === f[i]) f[i] = Math.min(1, Math.max(0, f[i]));
    const n = rows * columns, position = new Float32Array(3 * n), tone = new Float32Array(2 * n);
    const index = new Uint32Array(6 * (rows - 1) * (columns - 1));
    let m = 0;
    for (let r = 0, k = 0; r < rows; r++) {
      for (let c = 0; c < columns; c++, k++) {
        position[3 * k] = c / (columns - 1) - 0.5;
        position[3 * k + 1] = f[k] === f[k] ? f[k] * RELIEF : 0;
        position[3 * k + 2] = 0.5 - r / (rows - 1);
        const l = c > 0 ? k - 1 : k, e = c < columns - 1 ? k + 1 : k, b = r > 0 ? k - columns : k, a = r < rows - 1 ? k + columns : k;
        const dx = (f[e] - f[l]) * RELIEF * (columns - 1) / Math.max(1, e - l), dz = -(f[a] - f[b]) * RELIEF * (rows - 1) / Math.max(1, (a - b) / columns);
        const lit = (-dx * LIGHT.x + LIGHT.y - dz * LIGHT.z) / Math.hypot(dx, 1, dz);
        tone[2 * k] = f[k];
        tone[2 * k + 1] = lit === lit ? 0.7 + 0.36 * Math.min(1, Math.max(0, 0.5 + 0.6 * lit)) : 0.9;
        if (c === columns - 1 || r === rows - 1) continue;
        const sum = f[k] + f[k + 1] + f[k + columns] + f[k + columns + 1];
        if (sum !== sum) continue;
        index[m++] = k; index[m++] = k + 1; index[m++] = k + columns;
        index[m++] = k + 1; index[m++] = k + columns + 1; index[m++] = k + columns;
      }
    }
    const land = new BufferGeometry();
    land.setAttribute('position', new BufferAttribute(position, 3));
    land.setAttribute('tone', new BufferAttribute(tone, 2));
    land.setIndex(new BufferAttribute(index.subarray(0, m), 1));
    this.replace(this.land, land);

    /** @type {number[]} */
    const wall = [];
    /** @type {number[]} */
    const edge = [];
    /** @param {number} k @param {number} next */
    const side = (k, next) => {
      if (!(f[k] === f[k] && f[next] === f[next])) return;
      const x = position[3 * k], y = position[3 * k + 1], z = position[3 * k + 2];
      const u = position[3 * next], v = position[3 * next + 1], w = position[3 * next + 2];
      wall.push(x, FLOOR, z, u, FLOOR, w, x, y, z, u, FLOOR, w, u, v, w, x, y, z);
      edge.push(x, y, z, u, v, w, x, FLOOR, z, u, FLOOR, w);
    };
    for (let c = 0; c + 1 < columns; c++) { side(c, c + 1); side(n - columns + c, n - columns + c + 1); }
    for (let r = 0; r + 1 < rows; r++) { side(r * columns, (r + 1) * columns); side((r + 1) * columns - 1, (r + 2) * columns - 1); }
    for (const k of [0, columns - 1, n - columns, n - 1]) if (f[k] === f[k]) edge.push(position[3 * k], position[3 * k + 1], position[3 * k + 2], position[3 * k], FLOOR, position[3 * k + 2]);
    this.replace(this.walls, this.lines(new Float32Array(wall)));
    this.replace(this.edges, this.lines(new Float32Array(edge)));
    this.drape(d, false, this.minor);
    this.drape(d, true, this.major);
  }

  /** Contours on the drawn triangles, a hair above them. @param {Ground} d @param {boolean} major @param {any} object */
  drape(d, major, object) {
    const span = d.max - d.min, e = d.epsilon > 0 ? d.epsilon : span * 1e-6, out = this.segments;
    out.length = 0;
    /** @type {number[]} */
    const ends = [], levels = [];
    for (let i = 0; i < d.levels.length; i++) {
      if (d.major[i] !== major) continue;
      const level = d.log ? Math.log10((d.levels[i] - d.min) / e + 1) / Math.log10(span / e + 1) : (d.levels[i] - d.min) / span;
      if (!(level > 0 && level < 1)) continue;
      trace(this.field, this.rows, this.columns, level, out);
      ends.push(out.length);
      levels.push(level);
    }
    const array = new Float32Array(out.length / 2 * 3);
    for (let i = 0, k = 0, l = 0; i < out.length; i += 2) {
      while (i >= ends[l]) l++;
      array[k++] = out.data[i] / (this.columns - 1) - 0.5;
      array[k++] = levels[l] * RELIEF + 0.001;
      array[k++] = 0.5 - out.data[i + 1] / (this.rows - 1);
    }
    this.replace(object, this.lines(array));
  }

  /** @param {Float32Array} array */
  lines(array) {
    const g = new BufferGeometry();
    g.setAttribute('position', new BufferAttribute(array, 3));
    return g;
  }

  /** @param {any} object @param {any} geometry */
  replace(object, geometry) {
    object.geometry.dispose();
    object.geometry = geometry;
  }

  /** Lays loose points on the ground; the buffer is kept, and filled only when other points or another ground came. @param {Float32Array|null} points @param {import('./marks.js').Ends|null} ends */
  scatter(points, ends) {
    this.swarm.visible = points !== null && points.length > 1;
    if (!points || !this.swarm.visible || (points === this.scattered && ends === this.scatteredTo && this.builds === this.scatteredOn)) return;
    this.scattered = points;
    this.scatteredTo = ends;
    this.scatteredOn = this.builds;
    const n = points.length >> 1, names = ends && ends.names.length === n ? ends.names : null, inks = this.inks, last = inks.length - 1;
    let a = this.swarm.geometry.getAttribute('position');
    if (!a || a.count < n) {
      this.replace(this.swarm, this.lines(new Float32Array(3 * Math.max(1024, n))));
      a = this.swarm.geometry.getAttribute('position');
      a.setUsage(DYNAMIC);
      const bytes = new Uint8Array(4 * a.count);
      this.tints = new Uint32Array(bytes.buffer);
      this.swarm.geometry.setAttribute('tint', new BufferAttribute(bytes, 4, true).setUsage(DYNAMIC));
    }
    const tint = this.swarm.geometry.getAttribute('tint'), tints = this.tints;
    // Written out here, without a call for each point: there may be a hundred thousand.
    const out = a.array, f = this.field, columns = this.columns, rows = this.rows, span = this.span;
    const sx = 1 / (span[1] - span[0]), sy = 1 / (span[3] - span[2]);
    let k = 0;
    for (let i = 0; i < n; i++) {
      const u = (points[2 * i] - span[0]) * sx, v = (points[2 * i + 1] - span[2]) * sy;
      if (!(u >= 0 && v >= 0 && u <= 1 && v <= 1)) continue;
      const x = u * (columns - 1), y = v * (rows - 1), h = f[(y + 0.5 | 0) * columns + (x + 0.5 | 0)];
      if (h !== h) continue;
      out[k] = u - 0.5; out[k + 1] = h * RELIEF + 0.004; out[k + 2] = 0.5 - v;
      const name = names === null ? -1 : names[i];
      tints[k / 3] = inks[name >= 0 ? (name + 2 < last ? name + 2 : last) : name === -2 ? 1 : 0];
      k += 3;
    }
    a.clearUpdateRanges();
    a.addUpdateRange(0, k);
    a.needsUpdate = true;
    tint.clearUpdateRanges();
    tint.addUpdateRange(0, 4 * k / 3);
    tint.needsUpdate = true;
    this.swarm.geometry.setDrawRange(0, k / 3);
  }

  /** @type {Float32Array|null} */
  scattered = null;
  scatteredOn = -1;
  /** @type {import('./marks.js').Ends|null} */
  scatteredTo = null;
  inks = new Uint32Array(0);
  tints = new Uint32Array(0);

  // The flat canvas above.

  /** Whether ground stands between a point on the block and the camera. @param {Vector3} p */
  hidden(p) {
    const c = this.camera.position, r = this.ray.subVectors(c, p).normalize();
    for (let d = 0.02; d < 1.8; d += 0.008) {
      const y = p.y + d * r.y;
      if (y > RELIEF) return false;
      const h = this.level(p.x + d * r.x + 0.5, 0.5 - p.z - d * r.z);
      if (h !== h) return false;
      // Less than a marker's own size does not hide it.
      if (y < h * RELIEF - 0.014) return true;
    }
    return false;
  }

  /** @param {Vector3} p a point, becomes pixels */
  toScreen(p) {
    p.project(this.camera);
    p.x = (p.x + 1) / 2 * this.width;
    p.y = (1 - p.y) / 2 * this.height;
    return p.z < 1;
  }

  /** @param {Picture} p */
  marks(p) {
    const g = this.g, t = this.theme, v = this.v;
    g.setTransform(1, 0, 0, 1, 0, 0);
    g.clearRect(0, 0, this.over.width, this.over.height);
    g.setTransform(this.sharp, 0, 0, this.sharp, 0, 0);
    if (!this.land.visible) return;
    g.font = t.italic;
    g.textAlign = 'center';
    g.textBaseline = 'middle';
    const c = this.camera.position;
    this.word(p.axes[0] ?? '', v.set(0, FLOOR, Math.sign(c.z) * 0.57));
    this.word(p.axes[1] ?? '', v.set(Math.sign(c.x) * 0.57, FLOOR, 0));
    p.layer?.raised(g, this);
    g.font = t.font;
    g.textAlign = 'left';
    for (let i = 0; i < p.minima.length; i++) {
      const m = p.minima[i], seen = this.place(m.at);
      if (seen < 0) continue;
      g.globalAlpha = seen ? 1 : 0.3;
      drawMinimum(g, v.x, v.y, t);
      if (seen) casedText(g, m.text, v.x + 10, v.y + 13, t.ink, t);
    }
    for (let i = 0; i < p.saddles.length; i++) {
      const m = p.saddles[i], seen = this.place(m.at);
      if (seen < 0) continue;
      g.globalAlpha = seen ? 1 : 0.3;
      drawSaddle(g, v.x, v.y, t);
      if (seen) casedText(g, m.text, v.x + 10, v.y + 13, t.ink, t);
    }
    if (p.start) {
      const seen = this.place(p.start);
      g.globalAlpha = seen ? 1 : 0.3;
      if (seen >= 0) {
        drawStart(g, v.x, v.y, t);
        casedText(g, 'start', v.x + 9, v.y - 10, t.ink, t);
      }
      for (const o of p.whole ? [] : p.others) {
        if (this.place(o) >= 0) drawStart(g, v.x, v.y, t);
      }
    }
    g.globalAlpha = 1;
    for (let pass = 0; pass < 2; pass++) {
      for (let i = 0; i < p.walks.length; i++) {
        const w = p.walks[i];
        // Further seeds lie under the first.
        if (w.faint !== (pass === 0) || !w.visible || w.shown < 1 || (w.ghost && w.shown - 1 < w.from) || !this.onGround(this.along(w, 0), this.along(w, 1), v)) continue;
        const hidden = this.hidden(v);
        if (this.toScreen(v)) drawMarker(g, w.slot, v.x, v.y, w.faint ? 0.6 * t.head : t.head, w.hollow || w.ghost || hidden, t);
      }
    }
    for (let i = 0; i < p.minima.length; i++) if (this.place(p.minima[i].at) === 1) drawMinimum(g, v.x, v.y, t, false);
    const q = p.pointer;
    if (q.on && this.onGround(q.s, q.t, v) && !this.hidden(v) && this.toScreen(v)) {
      const x = v.x, y = v.y, n = Math.hypot(q.ds / (this.span[1] - this.span[0]), q.dt / (this.span[3] - this.span[2]));
      if (n > 0 && this.onGround(q.s + 0.02 * q.ds / n, q.t + 0.02 * q.dt / n, v) && this.toScreen(v)) {
        const l = Math.hypot(v.x - x, v.y - y);
        if (l > 0) drawArrow(g, x, y, (v.x - x) / l, (v.y - y) / l, 34, t.ink, t);
      }
    }
  }

  /** Brings a place to pixels: 1 where it is seen, 0 behind ground, -1 off the block. @param {ArrayLike<number>} at */
  place(at) {
    if (!this.onGround(at[0], at[1], this.v)) return -1;
    const hidden = this.hidden(this.v);
    return this.toScreen(this.v) ? hidden ? 0 : 1 : -1;
  }

  /** @param {string} text @param {Vector3} at */
  word(text, at) {
    if (!this.toScreen(at)) return;
    this.g.fillStyle = this.theme.ink2;
    this.g.fillText(text, at.x, at.y);
  }

  // The pointer.

  /** The ground under a pixel, as values; null beside the block. @param {PointerEvent} e @returns {number[]|null} */
  pick(e) {
    if (!this.land.visible) return null;
    const b = this.canvas.getBoundingClientRect(), c = this.camera.position;
    const r = this.ray.set((e.clientX - b.left) / b.width * 2 - 1, 1 - (e.clientY - b.top) / b.height * 2, 0.5).unproject(this.camera).sub(c).normalize();
    let before = 0;
    for (let d = 0.2; d < FAR; d += 0.006) {
      const h = this.level(c.x + d * r.x + 0.5, 0.5 - c.z - d * r.z);
      if (h === h && c.y + d * r.y < h * RELIEF) {
        // Entering below the top means a wall was hit, which is not ground.
        if (d - before > 0.007) return null;
        let low = before, high = d;
        for (let k = 0; k < 12; k++) {
          const m = (low + high) / 2, y = this.level(c.x + m * r.x + 0.5, 0.5 - c.z - m * r.z);
          if (c.y + m * r.y < y * RELIEF) high = m; else low = m;
        }
        const s = c.x + high * r.x + 0.5, t = 0.5 - c.z - high * r.z;
        return [this.span[0] + s * (this.span[1] - this.span[0]), this.span[2] + t * (this.span[3] - this.span[2])];
      }
      if (h === h) before = d;
    }
    return null;
  }

  click = 0;

  listen() {
    let x = 0, y = 0;
    this.canvas.addEventListener('pointerdown', (e) => { x = e.clientX; y = e.clientY; });
    this.canvas.addEventListener('pointerup', (e) => {
      if (e.button !== 0 || Math.hypot(e.clientX - x, e.clientY - y) > 4 || !this.onStart) return;
      const b = this.canvas.getBoundingClientRect();
      if (this.picture?.layer?.press(e.clientX - b.left, e.clientY - b.top, (p) => (this.place(p) === 1 ? [this.v.x, this.v.y] : null))) return;
      const p = this.pick(e);
      clearTimeout(this.click);
      // A second click soon after means the camera, not a start.
      if (p) this.click = setTimeout(() => this.onStart?.(p[0], p[1]), 220);
    });
    this.canvas.addEventListener('dblclick', () => { clearTimeout(this.click); this.resetCamera(); this.onCamera?.(); });
    this.canvas.addEventListener('pointermove', (e) => {
      if (!this.onHover || e.buttons || e.pointerType === 'touch') return;
      const p = this.pick(e);
      this.onHover(p ? p[0] : NaN, p ? p[1] : NaN, false);
    });
    this.canvas.addEventListener('pointerleave', () => this.onHover?.(NaN, NaN, false));
    this.canvas.addEventListener('keydown', (e) => {
      if (e.ctrlKey || e.metaKey || e.altKey) return;
      const n = e.shiftKey ? 15 : 5, zoom = { '+': 1.2, '=': 1.2, '-': 1 / 1.2, '\u2212': 1 / 1.2 }[e.key];
      const turn = { ArrowLeft: [-n, 0], ArrowRight: [n, 0], ArrowUp: [0, n], ArrowDown: [0, -n] }[e.key];
      const c = this.cam;
      if (turn) { this.moved = true; this.put(c[0] + turn[0], c[1] + turn[1], c[2]); }
      else if (zoom) { this.moved = true; this.put(c[0], c[1], c[2] * zoom); }
      else if (e.key === '0') this.resetCamera();
      else return;
      e.preventDefault();
      e.stopPropagation();
      this.onCamera?.();
    });
  }
}
