// The stream's socket: it reconnects with patience and tells what happens in words.

import { decode } from './wire.js';

/**
 * @typedef {object} Listener
 * @property {(m: any) => void} message
 * @property {(f: import('./wire.js').Frame[]) => void} frames
 * @property {() => void} up        the socket is open (again)
 * @property {(seconds: number) => void} down  it was lost; the next try is in so many seconds
 */

export class Stream {
  /** @param {string} base @param {Listener} on */
  constructor(base, on) {
    this.url = `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}${base}/ws`;
    this.on = on;
    this.wait = 0.5;
    /** @type {WebSocket | null} */
    this.socket = null;
    this.connect();
  }

  connect() {
    const s = new WebSocket(this.url, 'thalweg.v1');
    s.binaryType = 'arraybuffer';
    s.onopen = () => { this.wait = 0.5; this.on.up(); };
    s.onmessage = (e) => {
      if (typeof e.data === 'string') this.on.message(JSON.parse(e.data));
      else this.on.frames(decode(e.data));
    };
    s.onclose = () => {
      this.on.down(this.wait);
      setTimeout(() => this.connect(), 1000 * this.wait);
      this.wait = Math.min(8, 2 * this.wait);
    };
    this.socket = s;
  }

  /** @param {any} command */
  send(command) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify({ v: 1, ...command }));
  }
}
