/** Records of wasm/ABI.md: strings are a u32 length and UTF-8 bytes, bytes likewise, numbers are f64, all little-endian. */

const encoder = new TextEncoder();
/** A byte order mark is part of a text like any other character. */
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

export class RecordWriter {
  #parts: Uint8Array[] = [];

  string(text: string): this {
    return this.bytes(encoder.encode(text));
  }

  bytes(bytes: Uint8Array): this {
    const length = new Uint8Array(4);
    new DataView(length.buffer).setUint32(0, bytes.length, true);
    this.#parts.push(length, bytes);
    return this;
  }

  number(value: number): this {
    const raw = new Uint8Array(8);
    new DataView(raw.buffer).setFloat64(0, value, true);
    this.#parts.push(raw);
    return this;
  }

  finish(): Uint8Array {
    const whole = new Uint8Array(this.#parts.reduce((size, part) => size + part.length, 0));
    let offset = 0;
    for (const part of this.#parts) {
      whole.set(part, offset);
      offset += part.length;
    }
    return whole;
  }
}

/** Reads the record at `address`: its length first, then its fields in order. */
export class RecordReader {
  #view: DataView;
  #offset: number;

  constructor(memory: ArrayBuffer, address: number) {
    this.#view = new DataView(memory);
    this.#offset = address + 4;
  }

  type(): number {
    return this.#view.getUint8(this.#offset++);
  }

  number(): number {
    const value = this.#view.getFloat64(this.#offset, true);
    this.#offset += 8;
    return value;
  }

  string(): string {
    return decoder.decode(this.#raw());
  }

  /** A copy: the module's memory changes with the next call. */
  bytes(): Uint8Array {
    return this.#raw().slice();
  }

  #raw(): Uint8Array {
    const length = this.#view.getUint32(this.#offset, true);
    const start = this.#offset + 4;
    this.#offset = start + length;
    return new Uint8Array(this.#view.buffer, start, length);
  }
}
