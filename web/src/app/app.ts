import '../chat/sip-chat.js';
import { signInOf } from './sign_in_link.js';

/** What keeps a person signed in over a reload of this tab, and no longer. */
const storageKey = 'sipmsg.sign-in';
const names = ['address', 'password', 'server', 'receipts', 'peer'] as const;
type Kept = Partial<Record<(typeof names)[number], string>>;

const read = () => JSON.parse(sessionStorage.getItem(storageKey) ?? '{}') as Kept;
const keep = (kept: Kept) => sessionStorage.setItem(storageKey, JSON.stringify(kept));

/** Who is told there signs in at once. The password does not stay in the address bar or the history. */
function takeFromAddressBar(): void {
  const given = signInOf(location.hash);
  if (!given) return;
  keep(given);
  history.replaceState(null, '', location.pathname + location.search);
}

/** What the operator states of the server: a file beside the page, which another web server may lack. */
async function readSettings(): Promise<{ congestionSafe?: boolean }> {
  const response = await fetch('settings.json').catch(() => undefined);
  return response?.ok ? ((await response.json().catch(() => ({}))) as { congestionSafe?: boolean }) : {};
}

function show(): void {
  document.documentElement.lang = navigator.language;
  const chat = document.createElement('sip-chat');
  chat.congestionSafe = settings.congestionSafe === true;
  const kept = read();
  for (const name of names) if (kept[name] !== undefined) Object.assign(chat, { [name]: kept[name] });
  chat.addEventListener('signed-in', (event) => keep({ ...(event as CustomEvent<Kept>).detail, peer: chat.peer }));
  chat.addEventListener('signed-out', () => sessionStorage.removeItem(storageKey));
  document.body.replaceChildren(chat);
}

takeFromAddressBar();
const settings = await readSettings();
// Pasting another one of these addresses into the same tab changes the person.
addEventListener('hashchange', () => {
  takeFromAddressBar();
  show();
});
addEventListener('pagehide', () => {
  const kept = read();
  const chat = document.querySelector('sip-chat');
  if (chat && kept.address) keep({ ...kept, peer: chat.peer });
});
show();
