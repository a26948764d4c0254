// The module of parse_message.cpp, with messages as JavaScript has them: strings in, parts out.

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
/** What parse_message.cpp reserves: the largest message (max_message_size). */
const capacity = 65535;

export class Parser {
  #exports;

  static async load(address) {
    const module = await WebAssembly.compile(await (await fetch(address)).arrayBuffer());
    const imports = {};
    for (const { module: name, name: field } of WebAssembly.Module.imports(module)) (imports[name] ??= {})[field] = () => 0;
    const parser = new Parser();
    parser.#exports = (await WebAssembly.instantiate(module, imports)).exports;
    parser.#exports._initialize();
    return parser;
  }

  /** Undefined for what is no well-formed request. The parts are to be read before the next call. */
  parse(text) {
    const { memory, bench_buffer, bench_parse } = this.#exports;
    const bytes = new Uint8Array(memory.buffer, bench_buffer(), capacity);
    const { read, written } = encoder.encodeInto(text, bytes);
    const address = read === text.length ? bench_parse(written) : 0;
    return address === 0 ? undefined : new Parts(bytes, new Uint32Array(memory.buffer, address, 13));
  }
}

/** Read when they are asked for. */
class Parts {
  #bytes;
  #parts;

  constructor(bytes, parts) {
    this.#bytes = bytes;
    this.#parts = parts;
  }

  get method() {
    return this.#string(0);
  }
  get uri() {
    return this.#string(1);
  }
  get from() {
    return this.#string(2);
  }
  get to() {
    return this.#string(3);
  }
  get callId() {
    return this.#string(4);
  }
  get body() {
    return this.#string(5);
  }
  get cseq() {
    return this.#parts[12];
  }

  #string(index) {
    const offset = this.#parts[2 * index];
    return decoder.decode(this.#bytes.subarray(offset, offset + this.#parts[2 * index + 1]));
  }
}
