import { execFileSync } from 'node:child_process';

/** Takes a table out of a database, so that whoever needs it fails; gives how to give it back. */
export function hideTable(file, table) {
  const rename = (from, to) =>
    execFileSync('python3', ['-c', `import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute("ALTER TABLE ${from} RENAME TO ${to}")`, file]);
  rename(table, 'hidden');
  return () => rename('hidden', table);
}
