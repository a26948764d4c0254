// Runs the faults that take long, and prints what was found (scripts/faults); exit code 1 with a sentence where it is not as docs/reliability.md promises.
import { connections } from './figures/connections.mjs';
import { flood } from './figures/flood.mjs';
import { kills } from './figures/kills.mjs';
import { readOnly } from './figures/read_only.mjs';
import { soak } from './figures/soak.mjs';
import { strangers } from './figures/strangers.mjs';
import { threads } from './figures/threads.mjs';

const faults = { kills, 'read-only': readOnly, connections, flood, strangers, soak, threads };

/** What a test of Node.js would give: what is to be done when it is over. */
async function run(fault, args) {
  const endings = [];
  try {
    await fault({ after: (ending) => endings.unshift(ending) }, args);
  } finally {
    for (const ending of endings) await ending();
  }
}

const [chosen, ...args] = process.argv.slice(2);
if (chosen && !faults[chosen]) {
  console.error(`scripts/faults [${Object.keys(faults).join(' | ')}] [COUNT]`);
  process.exit(2);
}
for (const [name, fault] of Object.entries(faults)) {
  if (chosen && chosen !== name) continue;
  await run(fault, args).catch((error) => {
    console.error(`${name}: NOT as promised: ${error.message}`);
    process.exitCode = 1;
  });
}
