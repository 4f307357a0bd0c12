import { performance } from 'node:perf_hooks';

const LINE_EVERY_MS = 5_000;
const REDRAW_EVERY_MS = 100;

/** @typedef {import('./index.mjs').Progress} Progress */

/**
 * One line that is drawn again on a terminal; a line every few seconds anywhere else.
 * @implements {Progress}
 */
export class LineProgress {
  #stream;
  #label = '';
  #total = 0;
  #done = 0;
  #started = 0;
  #shown = 0;

  /** @param {NodeJS.WriteStream} stream */
  constructor(stream) {
    this.#stream = stream;
  }

  /** @param {string} label @param {number} total */
  begin(label, total) {
    this.#label = label;
    this.#total = total;
    this.#done = 0;
    this.#started = this.#shown = performance.now();
  }

  tick() {
    this.#done += 1;
    const now = performance.now();
    if (now - this.#shown < (this.#stream.isTTY ? REDRAW_EVERY_MS : LINE_EVERY_MS)) return;
    this.#shown = now;
    this.#stream.write(this.#stream.isTTY ? `\r\u001b[K${this.#text()}` : `${this.#text()}\n`);
  }

  end() {
    this.#stream.write(`${this.#stream.isTTY ? '\r\u001b[K' : ''}${this.#text()}\n`);
  }

  #text() {
    const seconds = (performance.now() - this.#started) / 1_000;
    const rate = seconds > 0 ? Math.round(this.#done / seconds) : 0;
    return `${this.#done} of ${this.#total} ${this.#label}, ${seconds.toFixed(0)} s, ${rate} a second`;
  }
}
