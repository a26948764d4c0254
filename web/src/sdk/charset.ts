/** 0x80 to 0x9F of windows-1252 by the Encoding Standard; a `.` where it keeps the control character. */
const high1252 = '€.‚ƒ„…†‡ˆ‰Š‹Œ.Ž..‘’“”•–—˜™š›œ.žŸ';

/**
 * The text in a charset that the platform knows (RFC 2046 4.1.2). Throws for another one, and for bytes that are not of
 * it.
 */
export function decodeText(charset: string, bytes: Uint8Array): string {
  const decoder = new TextDecoder(charset, { fatal: true });
  const text = decoder.decode(bytes);
  if (decoder.encoding !== 'windows-1252') return text;
  // Node.js from 20.18.3 on reads it as iso-8859-1 (nodejs/node#56542). Where it is read right there is nothing to mend.
  return text.replace(/[\x80-\x9f]/g, (control) => {
    const character = high1252.charAt(control.charCodeAt(0) - 0x80);
    return character === '.' ? control : character;
  });
}
