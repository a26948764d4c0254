/** What a link to the page may say of who signs in. */
const told = ['address', 'password', 'peer'] as const;

/**
 * The sign-in in the part of the page's address behind `#`: `address=…&password=…&peer=…`. Anybody can give somebody such a link:
 * to what server the proof of a password goes, and to what a person consents, is none of its business.
 */
export function signInOf(hash: string): Partial<Record<(typeof told)[number], string>> | undefined {
  const given = new URLSearchParams(hash.slice(1));
  if (!given.has('address')) return undefined;
  return Object.fromEntries([...given].filter(([name]) => told.some((each) => each === name)));
}
