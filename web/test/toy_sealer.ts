import './webcrypto.js';
import type { Entity, OpenedEntity, Sealer } from '../src/sdk/index.js';

const sealedType = 'application/pkcs7-mime;smime-type=toy';

/**
 * A toy for tests, and no S/MIME: AES-GCM by WebCrypto under one key that both ends know, around the type, a line end and
 * the body.
 */
export class ToySealer implements Sealer {
  #key: Promise<CryptoKey>;
  constructor(secret: string) {
    const bytes = new TextEncoder().encode(secret.padEnd(16).slice(0, 16));
    this.#key = crypto.subtle.importKey('raw', bytes, 'AES-GCM', false, ['encrypt', 'decrypt']);
  }

  async seal({ contentType, body }: Entity & { recipient: string; mustBeSealed: boolean }): Promise<Entity | undefined> {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const inside = Buffer.concat([Buffer.from(`${contentType}\n`), body]);
    const cipher = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, await this.#key, inside);
    return { contentType: sealedType, body: new Uint8Array([...iv, ...new Uint8Array(cipher)]) };
  }

  async open({ body }: Entity & { sender: string }): Promise<OpenedEntity> {
    const iv = body.slice(0, 12);
    const inside = new Uint8Array(await crypto.subtle.decrypt({ name: 'AES-GCM', iv }, await this.#key, body.slice(12)));
    const end = inside.indexOf(10);
    return { contentType: Buffer.from(inside.slice(0, end)).toString(), body: inside.slice(end + 1), protection: 'encrypted-only' };
  }
}
