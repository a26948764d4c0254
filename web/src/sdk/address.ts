/**
 * The address of a person as the roster keeps it, for what someone typed: `bob`, `bob@example.org`,
 * `sip:bob@example.org` or `Bob <sip:bob@example.org>`. `im:bob@example.org` is the sip address in one's own domain, which is
 * known to speak SIP; of another domain the server has to find out (RFC 3428 5), and it stays. Undefined for what is no address.
 */
export function peerAddress(typed: string, ownAddress: string): string | undefined {
  const inside = (/<([^<>]*)>/.exec(typed)?.[1] ?? typed).trim();
  const bare = inside.replace(/^(sips?|im):/i, '').replace(/[;?].*$/, '');
  const whole = bare.includes('@') ? bare : `${bare}@${domainOf(ownAddress)}`;
  const at = whole.lastIndexOf('@');
  const user = whole.slice(0, at);
  const host = whole.slice(at + 1).toLowerCase();
  const isHost = /^([a-z0-9.-]+|\[[0-9a-f:.]+\])(:\d{1,5})?$/.test(host);
  if (!/^[^\s<>"@:,]+$/.test(user) || !isHost || /^[a-z]+:/i.test(bare)) return undefined;
  const scheme = /^(sips|im)(?=:)/i.exec(inside)?.[0].toLowerCase() ?? 'sip';
  const isOwnDomain = host === domainOf(ownAddress);
  return `${scheme === 'im' && isOwnDomain ? 'sip' : scheme}:${user}@${host}`;
}

export function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1);
}

/** What a person calls it: without the scheme. */
export function shownAddress(address: string): string {
  return address.replace(/^(sips?|im):/, '');
}

/** The address of a WebSocket for what someone typed as the server; that of the page where nothing was typed. */
export function webSocketAddress(typed: string, page: string): string {
  if (!typed) return `${new URL(page).origin.replace(/^http/, 'ws')}/`;
  if (/^https?:\/\//i.test(typed)) return typed.replace(/^http/i, 'ws');
  return /^[a-z]+:\/\//i.test(typed) ? typed : `wss://${typed}`;
}
