import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import { WebSocketClient } from './web_socket.mjs';

const flushed = Buffer.from([0x00, 0x00, 0xff, 0xff]);

/** RFC 7692 7.1.2.2: by a window no larger than the relay asks for. */
const deflated = (content) => deflateRawSync(content, { windowBits: 11, finishFlush: constants.Z_SYNC_FLUSH });
/** RFC 7692 7.2.1: without the four bytes that end what is flushed. */
export const compressed = (content) => deflated(content).subarray(0, -flushed.length);
/** One message of these, each in blocks of its own. */
export const compressedInParts = (parts) => Buffer.concat(parts.map(deflated)).subarray(0, -flushed.length);
export const inflated = (data) => inflateRawSync(Buffer.concat([data, flushed]), { finishFlush: constants.Z_SYNC_FLUSH }).toString();

export const offer = 'permessage-deflate; client_max_window_bits';

/** A WebSocket that compresses all that it sends; `options` as those of WebSocketClient, `received` counts what came compressed. */
export async function compressingClient(t, port, options = {}) {
  const client = await WebSocketClient.open(t, port, { ...options, extensions: offer });
  const received = { compressed: 0 };
  return {
    extensions: client.extensions,
    received,
    send: (text) => client.send(compressed(text), 'text', { isCompressed: true }),
    message: async (what) => {
      const frame = await client.next(what);
      if (frame.kind !== 'text' && frame.kind !== 'binary') throw new Error(`${what ?? 'a message'}: got ${JSON.stringify(frame)}`);
      if (!frame.isCompressed) return frame.text;
      ++received.compressed;
      return inflated(frame.data);
    },
    vanish: () => client.vanish(),
  };
}
