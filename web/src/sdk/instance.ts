/** How long a reload may take to give its name back; milliseconds. */
const handover = 1000;

/** The names that this page holds: signing in again in the same page is the same device. */
const heldHere = new Set<string>();

/**
 * The name of this tab as a device (RFC 5626 4.1): a URN that survives reloads, and that a duplicated tab does not share.
 */
export async function claimInstance(storage: Storage): Promise<string> {
  const kept = storage.getItem('sipmsg.instance');
  if (kept && (heldHere.has(kept) || (await holdLock(kept)))) return kept;
  const drawn = `urn:uuid:${randomUuid()}`;
  storage.setItem('sipmsg.instance', drawn);
  await holdLock(drawn);
  return drawn;
}

/** crypto.randomUUID() exists in secure contexts only; a laptop on a local network may have none. */
function randomUuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5');
}

/** Holds the tab's lock until the page goes; false when another tab has it. */
function holdLock(instance: string): Promise<boolean> {
  const hold = (isHeld: boolean) => {
    if (isHeld) heldHere.add(instance);
    return isHeld;
  };
  if (!globalThis.navigator?.locks) return Promise.resolve(hold(true));
  return new Promise((resolve) => {
    navigator.locks
      .request(`sipmsg ${instance}`, { signal: AbortSignal.timeout(handover) }, () => {
        resolve(hold(true));
        return new Promise(() => {});
      })
      // Whatever else goes wrong: the platform has no locks for this page.
      .catch((error: Error) => resolve(hold(!/^(Timeout|Abort)Error$/.test(error.name))));
  });
}

/** The clients of this origin that live in some tab now; undefined where the platform can't tell. */
export async function livingInstances(): Promise<Set<string> | undefined> {
  if (!globalThis.navigator?.locks) return undefined;
  const answer = await navigator.locks.query().catch(() => undefined);
  if (!answer) return undefined;
  const { held = [] } = answer;
  return new Set(held.map((lock) => lock.name?.replace(/^sipmsg /, '') ?? ''));
}
