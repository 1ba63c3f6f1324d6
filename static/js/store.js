// What a run sent so far: a growing column for each clock and scalar measure, and the path on the shown plane.

/** @param {Float64Array} a @param {number} n @returns {Float64Array} */
function grown(a, n) {
  if (n <= a.length) return a;
  const b = new Float64Array(Math.max(n, 2 * a.length, 256));
  b.set(a);
  return b;
}

/** Rows of numbers in the order of their first column, a step; a row that comes twice is kept once. */
export class Rows {
  /** @param {number} columns */
  constructor(columns) {
    this.columns = columns;
    /** @type {Float64Array} */
    this.data = new Float64Array(0);
    this.count = 0;
  }

  /** @param {ArrayLike<number>} rows @param {number} n */
  add(rows, n) {
    const c = this.columns;
    for (let i = 0; i < n; i++) {
      const step = rows[i * c];
      let at = this.count;
      if (at > 0 && step <= this.data[(at - 1) * c]) {
        at = this.find(step);
        if (this.data[at * c] !== step) {
          this.data = grown(this.data, (this.count + 1) * c);
          this.data.copyWithin((at + 2) * c, (at + 1) * c, this.count * c);
          this.count++;
          at++;
        }
      } else {
        this.data = grown(this.data, (this.count + 1) * c);
        this.count++;
      }
      for (let j = 0; j < c; j++) this.data[at * c + j] = rows[i * c + j];
    }
  }

  /** Index of the last row whose step is at most the given one, -1 when there is none. @param {number} step */
  find(step) {
    let low = 0, high = this.count;
    while (low < high) {
      const mid = (low + high) >> 1;
      if (this.data[mid * this.columns] <= step) low = mid + 1;
      else high = mid;
    }
    return low - 1;
  }

  /** @param {number} row @param {number} column */
  at(row, column) { return this.data[row * this.columns + column]; }

  get last() { return this.count ? this.data[(this.count - 1) * this.columns] : -1; }
}

/** One contestant as the page knows it. */
export class Walk {
  /** @param {any} method of opened.methods @param {string[]} columns @param {number} slot @param {boolean} hollow */
  constructor(method, columns, slot, hollow) {
    this.id = /** @type {string} */ (method.id);
    this.label = /** @type {string} */ (method.label);
    this.method = method;
    this.slot = slot;
    this.hollow = hollow;
    this.rows = new Rows(columns.length);
    this.names = columns;
    this.state = 'running';
    this.why = '';
    this.stoppedAt = -1;
    /** Where it diverged: the largest stable step size at the steepest point it met, and one below it; 0 when unknown. */
    this.limit = 0;
    this.suggest = 0;
    /** Whether it is switched on, and whether the shown plane lies in its ground. */
    this.drawn = true;
    this.onPlane = true;
    /** @type {any} the plane that its path is laid on */
    this.plane = null;
    /** @type {any} what the renderers get, made once */
    this.view = { id: this.id, slot, hollow };
    this.pathRows = new Rows(3);
    /** @type {Float64Array} s and t of each path row */
    this.path = new Float64Array(0);
    /** @type {Float64Array} */
    this.loss = new Float64Array(0);
    /** @type {Float64Array | null} distance from the plane, null in the whole space */
    this.distance = null;
  }

  /** Forgets the path, as a new plane asks. @param {number} columns */
  clearPath(columns) {
    this.pathRows = new Rows(columns);
    this.path = new Float64Array(0);
    this.loss = new Float64Array(0);
    this.distance = columns > 3 ? new Float64Array(0) : null;
  }

  /** @param {ArrayLike<number>} rows @param {number} n @param {number} columns */
  addPath(rows, n, columns) {
    if (this.pathRows.columns !== columns) this.clearPath(columns);
    const from = Math.max(0, this.pathRows.find(rows[0]));
    this.pathRows.add(rows, n);
    const count = this.pathRows.count;
    this.path = grown(this.path, 2 * count);
    this.loss = grown(this.loss, count);
    if (this.distance) this.distance = grown(this.distance, count);
    const loss = this.names.indexOf('loss');
    for (let i = from; i < count; i++) {
      this.path[2 * i] = this.pathRows.at(i, 1);
      this.path[2 * i + 1] = this.pathRows.at(i, 2);
      const j = this.rows.find(this.pathRows.at(i, 0));
      this.loss[i] = columns > 3 ? this.pathRows.at(i, 3) : j < 0 ? NaN : this.rows.at(j, loss);
      if (this.distance) this.distance[i] = this.pathRows.at(i, 4);
    }
  }

  /** A measure or clock at a step: the last reading at or before it. @param {string} name @param {number} step */
  read(name, step) {
    const column = this.names.indexOf(name);
    if (column < 0) return NaN;
    for (let i = this.rows.find(step); i >= 0; i--) {
      const v = this.rows.at(i, column);
      if (!Number.isNaN(v)) return v;
    }
    return NaN;
  }

  /** All readings of a column. @param {string} name @returns {number[]} */
  all(name) {
    const column = this.names.indexOf(name);
    const out = [];
    for (let i = 0; i < this.rows.count; i++) out.push(this.rows.at(i, column));
    return out;
  }
}
