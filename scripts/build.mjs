// Bundles src/ into dist/: one file for each entry and shared chunks, so that starting reads a few files instead of hundreds
// (Ink alone is 200 modules and takes 0.35 s to load unbundled, 0.11 s bundled). Packages with native parts or that load files
// of their own at run time stay outside, and those that mongosh's packages share with us, such as bson.
import { chmod, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { compilePackages } from './compile.mjs';
import { licencesOf } from './licences.mjs';

const { dependencies } = JSON.parse(await readFile('package.json', 'utf8'));
const bundled = new Set([
  '@aws-sdk/client-s3',
  'acorn',
  'commander',
  'env-paths',
  'execa',
  'get-east-asian-width',
  'http-parser-js',
  'ink',
  'lru-cache',
  'mongodb',
  'react',
  'string-width',
]);
// What the driver can do without, and looks for when it is wanted.
const optional = [
  '@aws-sdk/credential-providers',
  '@mongodb-js/zstd',
  'gcp-metadata',
  'kerberos',
  'mongodb-client-encryption',
  'socks',
];

// Processes and threads that are started by the file's path, beside the program itself.
const entries = [
  'src/cli/main.ts',
  'src/mount/mount-process.ts',
  'src/engine/rocks/parallel/scan-worker.ts',
  'src/engine/rocks/scripts/script-worker.ts',
  'src/operations/md5-worker.ts',
  'src/shell/loop-watch.ts',
].filter((file) => existsSync(file));

const options = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  sourcemap: true,
  metafile: true,
  logLevel: 'warning',
  // The modules of a package, not its one CommonJS file: only what is used of them goes in.
  mainFields: ['module', 'main'],
  external: [...Object.keys(dependencies).filter((name) => !bundled.has(name)), ...optional],
  define: { 'process.env.NODE_ENV': '"production"' },
};

const compiled = await compilePackages(options);
const { metafile } = await build({
  ...options,
  entryPoints: entries,
  outdir: 'dist',
  outbase: 'src',
  splitting: true,
  format: 'esm',
  jsx: 'automatic',
  plugins: [compiled.plugin],
  alias: {
    // Ink imports it in development only, but names it where a bundler sees it.
    'react-devtools-core': './scripts/empty.mjs',
    // Ink draws nothing while something is typed if the environment has CI or CI_ANYTHING in it; the shell asks for a terminal only.
    'is-in-ci': './scripts/not-in-ci.mjs',
  },
  // Bundled CommonJS packages need a `require` for Node's own modules.
  banner: {
    js: "import { createRequire as mongoqRequire } from 'node:module'; const require = mongoqRequire(import.meta.url);",
  },
});
await chmod('dist/cli/main.js', 0o755);
const licences = 'dist/THIRD-PARTY-LICENCES.txt';
await writeFile(licences, await licencesOf([...Object.keys(metafile.inputs), ...compiled.inputs]));
// What an earlier build left goes last, so that there is a whole program at every moment.
const made = new Set(
  [...Object.keys(metafile.outputs), ...compiled.made, licences].map((file) => path.normalize(file)),
);
for (const entry of await readdir('dist', { recursive: true, withFileTypes: true })) {
  const file = path.join(path.relative('.', entry.parentPath), entry.name);
  if (entry.isFile() && !made.has(file)) await rm(file);
}
