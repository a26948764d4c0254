// Runs clang-tidy over core and relay. Much of its time goes to the standard headers, once for each compilation: so the
// sources that a build compiles at once are analysed at once, too, and as one text, since some checks look at no included
// file. What did not change since it was last found clean is not analysed again.
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';

const folder = 'build/tidy';
const build = 'build/asan';
// The static analyzer follows few calls out of a function: in its other mode it takes four times as long.
const options = ['-Xclang', '-analyzer-config', '-Xclang', 'mode=shallow', '-Wno-unknown-warning-option']
  .map((option) => `--extra-arg=${option}`);

const digest = (text) => createHash('sha256').update(text).digest('hex').slice(0, 16);

/** A unit of the build as one text, and where each of its lines comes from. */
function unitOf(entry) {
  const sources = [...readFileSync(entry.file, 'utf8').matchAll(/^#include "(.*\.cpp)"$/gm)].map((match) => match[1]);
  const origins = [];
  let text = '';
  for (const source of sources) {
    const lines = readFileSync(source, 'utf8').replace(/\n$/, '').split('\n');
    text += `${lines.join('\n')}\n`;
    lines.forEach((_, index) => origins.push(`${relative('.', source)}:${index + 1}`));
  }
  const target = basename(dirname(dirname(entry.file)), '.dir');
  const file = join(process.cwd(), folder, `${target}_${entry.file.match(/\d+/g).at(-1)}.cpp`);
  return { file, text, origins, entry: { ...entry, file, command: entry.command.replace(entry.file, file) } };
}

function analyse(unit) {
  return new Promise((resolve) => {
    const tidy = spawn('clang-tidy-14', ['--quiet', '-p', folder, ...options, unit.file]);
    let output = '';
    let errors = '';
    tidy.stdout.on('data', (data) => (output += data));
    tidy.stderr.on('data', (data) => (errors += data));
    tidy.on('close', (code) => {
      const name = basename(unit.file).replaceAll('.', '\\.');
      const place = new RegExp(`\\S*${name}:(\\d+)`, 'g');
      process.stdout.write(output.replace(place, (_, line) => unit.origins[line - 1] ?? unit.file));
      if (code !== 0 && !output) process.stdout.write(errors);
      resolve(code === 0);
    });
  });
}

const headers = execFileSync('git', ['ls-files', '*.h', '.clang-tidy'], { encoding: 'utf8' }).trim().split('\n');
const stamp = digest(headers.map((header) => readFileSync(header, 'utf8')).join(''));
const units = JSON.parse(readFileSync(`${build}/compile_commands.json`, 'utf8'))
  .filter(({ file }) => /\/(core|relay)\/CMakeFiles\/.*\/Unity\//.test(file))
  .map(unitOf);
if (units.length === 0) throw new Error(`${build} compiles nothing of core and relay`);
mkdirSync(folder, { recursive: true });
writeFileSync(`${folder}/compile_commands.json`, JSON.stringify(units.map((unit) => unit.entry)));

let isClean = true;
// What stands last includes most and takes longest: begun first, it is not what all wait for in the end.
const waiting = units.map((unit) => ({ ...unit, seen: `${unit.file}.${digest(stamp + unit.text)}.clean` }))
  .filter((unit) => !existsSync(unit.seen))
  .reverse();
async function work() {
  for (let unit = waiting.shift(); unit; unit = waiting.shift()) {
    writeFileSync(unit.file, unit.text);
    if (await analyse(unit)) writeFileSync(unit.seen, '');
    else isClean = false;
  }
}
await Promise.all(Array.from({ length: availableParallelism() }, work));
process.exitCode = isClean ? 0 : 1;
