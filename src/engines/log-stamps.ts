/** The times that engines write before output, which come in the engine's zone and without trailing zeros. */

export interface Stamp {
  /** In UTC with nine digits, so that the order of texts is that of times. */
  text: string;
  /** Epoch ms. */
  at: number;
}

const form = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/;
const dot = 46;

/** `at`: epoch ms. */
export const stampAt = (at: number): Stamp => ({
  text: new Date(at).toISOString().replace('Z', '000000Z'),
  at,
});

/** Before every other time: of output that came without one. */
export const noStamp = stampAt(0);

/** Lines come in the order of time, thousands in a second: what the one before has in common is not read again. */
export class StampReader {
  #raw: string | undefined;
  #stamp: Stamp = noStamp;
  #second = '';
  #zone = '';
  #secondAt = 0;
  #secondText = '';

  /** Undefined for what is no time (RFC 3339). */
  read(raw: string): Stamp | undefined {
    if (raw === this.#raw) return this.#stamp;
    const fraction = this.#fractionOf(raw);
    if (fraction === undefined) return undefined;
    const nanos = fraction.padEnd(9, '0');
    const at = this.#secondAt + Number(nanos.slice(0, 3));
    this.#raw = raw;
    return (this.#stamp = { text: `${this.#secondText}.${nanos}Z`, at });
  }

  /** Digits after the second, which is kept. */
  #fractionOf(raw: string): string | undefined {
    const zoneAt = raw.length - this.#zone.length;
    if (raw.charCodeAt(19) === dot && raw.startsWith(this.#second) && raw.endsWith(this.#zone)) {
      const fraction = raw.slice(20, zoneAt);
      if (this.#second !== '' && fraction.length <= 9 && /^\d+$/.test(fraction)) return fraction;
    }
    const [, second, fraction = '', zone] = form.exec(raw) ?? [];
    const at = second === undefined ? NaN : Date.parse(`${second}${zone}`);
    if (second === undefined || zone === undefined || Number.isNaN(at)) return undefined;
    this.#second = second;
    this.#zone = zone;
    this.#secondAt = at;
    this.#secondText = new Date(at).toISOString().slice(0, 19);
    return fraction;
  }
}
