/**
 * The address of a person as the roster keeps it, for what someone typed: `bob`, `bob@example.org`,
 * `sip:bob@example.org` or `Bob <sip:bob@example.org>`. Undefined for what is no address.
 */
export function peerAddress(typed: string, ownAddress: string): string | undefined {
  const inside = /<([^<>]*)>/.exec(typed)?.[1] ?? typed;
  const bare = inside.trim().replace(/^sips?:/i, '').replace(/[;?].*$/, '');
  const whole = bare.includes('@') ? bare : `${bare}@${domainOf(ownAddress)}`;
  const at = whole.lastIndexOf('@');
  const user = whole.slice(0, at);
  const host = whole.slice(at + 1).toLowerCase();
  const isHost = /^([a-z0-9.-]+|\[[0-9a-f:.]+\])(:\d{1,5})?$/.test(host);
  if (!/^[^\s<>"@:,]+$/.test(user) || !isHost || /^[a-z]+:/i.test(bare)) return undefined;
  const scheme = /^\s*<?\s*sips:/i.test(inside) ? 'sips' : 'sip';
  return `${scheme}:${user}@${host}`;
}

export function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1);
}

/** What a person calls it: without the scheme. */
export function shownAddress(address: string): string {
  return address.replace(/^sips?:/, '');
}

/** The address of a WebSocket for what someone typed as the server; that of the page where nothing was typed. */
export function webSocketAddress(typed: string, page: string): string {
  if (!typed) return `${new URL(page).origin.replace(/^http/, 'ws')}/`;
  if (/^https?:\/\//i.test(typed)) return typed.replace(/^http/i, 'ws');
  return /^[a-z]+:\/\//i.test(typed) ? typed : `wss://${typed}`;
}
