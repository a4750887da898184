// Runs a benchmark, `node scripts/bench.mjs bench/engine.ts`, compiled as src/ is for dist/: what tsx compiles is slower,
// because it gives every inner function its name at each call.
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const [entry] = process.argv.slice(2);
const directory = path.resolve('node_modules/.cache/mongoq-bench');
const outfile = path.join(directory, `${path.basename(entry, '.ts')}-${process.pid}.mjs`);
await mkdir(directory, { recursive: true });
await build({
  entryPoints: [entry],
  outfile,
  bundle: true,
  packages: 'external',
  format: 'esm',
  platform: 'node',
  target: 'node20',
  sourcemap: 'inline',
  logLevel: 'warning',
});
try {
  await import(pathToFileURL(outfile).href);
} finally {
  await rm(outfile, { force: true });
}
