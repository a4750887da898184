// What to run before a commit: types and lint, then format, one after the other, and beside them the unit tests.
import { spawn } from 'node:child_process';

/** Runs one of package.json's scripts; its output is kept if `quiet`. */
function run(script, quiet) {
  const started = performance.now();
  const child = spawn('npm', ['run', '--silent', script], {
    stdio: ['ignore', ...(quiet ? ['pipe', 'pipe'] : ['inherit', 'inherit'])],
  });
  const chunks = [];
  child.stdout?.on('data', (chunk) => chunks.push(chunk));
  child.stderr?.on('data', (chunk) => chunks.push(chunk));
  return new Promise((resolve) => {
    child.on('close', (code) => {
      const seconds = Math.round((performance.now() - started) / 1000);
      resolve({ script, ok: code === 0, seconds, output: Buffer.concat(chunks).toString() });
    });
  });
}

async function inTurn(scripts) {
  const results = [];
  for (const script of scripts) results.push(await run(script, true));
  return results;
}

const [still, unit] = await Promise.all([inTurn(['lint', 'format:check']), run('unit', false)]);
const results = [...still, unit];
for (const { output } of results) process.stdout.write(output);
process.stdout.write(
  `${results.map(({ script, ok, seconds }) => `${script} ${ok ? 'ok' : 'FAILED'} (${seconds} s)`).join(', ')}\n`,
);
process.exitCode = results.every(({ ok }) => ok) ? 0 : 1;
