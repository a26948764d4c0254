/** How a text was protected from end to end: a signature was good, it came encrypted, or both. */
export type Protection = 'none' | 'signed-only' | 'encrypted-only' | 'signed-and-encrypted';

/** A body of a message: bytes of a media type. */
export interface Entity {
  /** As in Content-Type, with its parameters. */
  contentType: string;
  body: Uint8Array;
}

/** What was inside a protected body. */
export interface OpenedEntity extends Entity {
  protection: Protection;
  /** URI in the certificate of a good signature; it need not be the sender's. Left out without one. */
  signer?: string;
}

/**
 * Protects what goes out and opens what comes, as S/MIME does (RFC 3428 11.3, RFC 8591). It may take its time: a
 * message waits two minutes to be sealed, one that came 24 seconds to be opened.
 */
export interface Sealer {
  /**
   * Protects a body (a text, a notification, or either in message/cpim) for `recipient`, a URI. Gives
   * `application/pkcs7-mime` or `multipart/signed`. Undefined: there is no key for them, and it may go out as it is; not
   * where `mustBeSealed`. Rejected: it does not go out, and the message fails with the reason `not-sealed`.
   */
  seal(entity: Entity & { recipient: string; mustBeSealed: boolean }): Promise<Entity | undefined>;
  /**
   * Undoes the protection of a body from `sender`, the address that the message claims to be from. Rejected: the sender is
   * told why by a status, see NotOpenedError; any other error means `undecipherable`.
   */
  open(entity: Entity & { sender: string }): Promise<OpenedEntity>;
}

/** Why a body was not opened: encrypted for a key that is not here (493), of an unknown kind (415), or broken (400). */
export type NotOpenedReason = 'undecipherable' | 'unsupported' | 'malformed';

export class NotOpenedError extends Error {
  constructor(
    readonly reason: NotOpenedReason,
    /** The own certificate, sent along with 493: of the type `application/pkcs7-mime;smime-type=certs-only`. */
    readonly certificate?: Entity,
  ) {
    super(reason);
    if (certificate && !(certificate.body instanceof Uint8Array)) throw new TypeError('A certificate is bytes');
  }
}
