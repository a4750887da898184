// Runs a benchmark, `node scripts/bench.mjs bench/engine.ts`, compiled as src/ is for dist/: what tsx compiles is slower,
// because it gives every inner function its name at each call.
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const [entry] = process.argv.slice(2);
// A package of its own: programs that are started by their path are looked for in its dist/.
const directory = path.resolve('node_modules/.cache/mongoq-bench', String(process.pid));
const outdir = path.join(directory, 'dist');
await mkdir(outdir, { recursive: true });
await writeFile(path.join(directory, 'package.json'), '{"type":"module"}');
await build({
  entryPoints: {
    benchmark: entry,
    'engine/rocks/parallel/scan-worker': 'src/engine/rocks/parallel/scan-worker.ts',
  },
  outdir,
  bundle: true,
  packages: 'external',
  format: 'esm',
  platform: 'node',
  target: 'node20',
  sourcemap: 'inline',
  logLevel: 'warning',
});
try {
  await import(pathToFileURL(path.join(outdir, 'benchmark.js')).href);
} finally {
  await rm(directory, { recursive: true, force: true });
}
