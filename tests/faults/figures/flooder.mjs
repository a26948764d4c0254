// A stranger at 127.0.0.2 who writes to everybody by several connections, each with so many messages under way, whatever they are answered:
// node flooder.mjs PORT USERS. Ends with its parent, which is told each second how many answers of which status there were.
import { tcpPhone } from '../../support/phones.mjs';
import { instantMessage, status } from '../../support/sip.mjs';

const [port, users] = process.argv.slice(2).map(Number);
const [connections, window] = [8, 100];
const ending = { after: () => {} };

let written = 0;
let answers = {};
async function floods() {
  const end = await tcpPhone(ending, port, { from: '127.0.0.2' });
  const write = () => end.send(instantMessage('mallory', `user${++written % users}`, 'x'.repeat(300), { transport: 'TCP', From: '<sip:mallory@example.net>;tag=1' }));
  for (let i = 0; i < window; ++i) write();
  for (let text = await end.message(); text !== null; text = await end.message()) {
    answers[status(text)] = (answers[status(text)] ?? 0) + 1;
    write();
  }
  throw new Error('the relay has closed the connection');
}
setInterval(() => {
  process.send(answers);
  answers = {};
}, 1000);
process.on('disconnect', () => process.exit());
await Promise.all(Array.from({ length: connections }, floods));
