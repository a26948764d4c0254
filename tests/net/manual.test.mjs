import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { makeCertificate } from '../support/certificate.mjs';
import { runProgram, temporaryDirectory } from '../support/relay.mjs';

const documentation = (name) => readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');
const manPage = () => documentation('sipmsg-relay.8').replaceAll('\\-', '-');
const sectionOf = (text, heading) => text.slice(text.indexOf(heading) + heading.length).split(/^(?:\.SH|## )/m)[0];

/** What --help says: by option its value, its default, whether it may be repeated. */
async function optionsOfHelp(t, command = []) {
  const { stdout } = await runProgram(t, [...command, '--help']);
  const options = [...stdout.matchAll(/^  (?:-h,)?--([a-z-]+)(?: (\S+))?\s+(.+)$/gm)];
  return options.map(([, name, value, text]) => [name, value, /\(([^()]+)\)$/.exec(text)?.[1], /may be repeated/.test(text)]);
}

test('the man page has the options of --help and no others, with the same values and defaults', async (t) => {
  const options = await optionsOfHelp(t);
  assert.ok(options.length > 40);
  const entries = [...sectionOf(manPage(), '.SH OPTIONS').matchAll(/^\.TP\n\.BI? --([a-z-]+)(?: " (.+)")?\n([^]+?)(?=\n\.TP)/gm)].map(
    ([, name, value, text]) => [name, value, /Default: (.+)\.(?: \*)?$/.exec(text)?.[1], /May be repeated/.test(text)],
  );
  assert.match(manPage(), /^\.BR --help ", " --version$/m);
  const inMan = [...entries, ['help', undefined, undefined, false], ['version', undefined, undefined, false]];
  assert.deepEqual(inMan.sort(), options.sort());
});

test("the operator's table has the keys of --help and no others, with the same defaults", async (t) => {
  const options = (await optionsOfHelp(t)).filter(([name]) => !['help', 'version', 'config', 'check-config'].includes(name));
  const rows = [...sectionOf(documentation('operating.md'), '| key |').matchAll(/^\| (`.+?) \| .* \| (.+?) \|$/gm)];
  const without = new Map(
    rows.flatMap(([, keys, cell]) => {
      const [names, parts] = [keys.split(', '), cell.split(/[,;] /)];
      return names.map((name, index) => [name.replaceAll('`', ''), parts.length === names.length ? parts[index] : cell]);
    }),
  );
  assert.deepEqual([...without.keys()].sort(), options.map(([name]) => name).sort());
  for (const [name, , value] of options) if (value) assert.match(without.get(name).replaceAll('`', ''), new RegExp(`^${value}(:|$)`), name);
});

test('the options of user stand in the man page and in the manual', async (t) => {
  const synopsis = sectionOf(manPage(), '.SH SYNOPSIS').split('.br');
  for (const action of ['add', 'passwd', 'remove', 'list']) {
    const call = synopsis.find((each) => each.includes('user ') && each.includes(action));
    for (const [name] of await optionsOfHelp(t, ['user', action])) {
      if (name === 'help') continue;
      assert.ok(call.includes(`--${name}\n`), `user ${action} --${name} is not in the man page`);
      assert.ok(sectionOf(documentation('operating.md'), '## Accounts').includes(`--${name} `), `--${name} is not in the manual`);
    }
  }
});

/** Checks configurations with what they name in place: a certificate with its key, directories, and a user. */
function checker(t) {
  const directory = temporaryDirectory();
  const { certificate, key } = makeCertificate(directory, 'relay');
  const there = { certificate, 'private-key': key, web: join(directory, 'web'), data: join(directory, 'data'), 'run-as': 'nobody' };
  mkdirSync(there.web);
  const file = join(directory, 'relay.json');
  return async (configuration) => {
    const replaced = Object.entries(configuration).map(([name, value]) => [name, there[name] ?? value]);
    writeFileSync(file, JSON.stringify(Object.fromEntries(replaced)));
    const { code, stderr } = await runProgram(t, ['--check-config', '--config', file]);
    assert.equal(code, 0, `${JSON.stringify(configuration)}: ${stderr}`);
  };
}

test('every whole configuration of the manual is in order', async (t) => {
  const check = checker(t);
  const blocks = [...documentation('operating.md').matchAll(/^```json\n([^]+?)^```$/gm)].map(([, text]) => JSON.parse(text));
  assert.ok(blocks.length >= 5);
  for (const configuration of blocks) await check(configuration);
});

test('every key that the manual shows with a value may have it', async (t) => {
  const check = checker(t);
  const needed = { udp: '127.0.0.1:5060', trusted: '192.0.2.1' };
  const pairs = [...documentation('operating.md').matchAll(/`("[a-z-]+": [^`]+)`/g)].map(([, text]) => JSON.parse(`{${text}}`));
  assert.ok(pairs.length > 10);
  for (const pair of pairs) await check({ ...needed, ...pair });
});
