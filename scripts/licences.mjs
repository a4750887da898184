// The licences of the packages whose code is in dist/, which their terms want to go with it.
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

/** One text with name, version and licence of each package that `inputs` (esbuild's, paths) were taken from. */
export async function licencesOf(inputs) {
  const folders = new Set(inputs.map(packageFolder).filter((folder) => folder !== undefined));
  const texts = new Map();
  for (const folder of folders) {
    const { name, version, license } = JSON.parse(await readFile(path.join(folder, 'package.json'), 'utf8'));
    const files = (await readdir(folder)).filter((file) => /^(licen[sc]e|notice|copying)/i.test(file)).sort();
    const contents = await Promise.all(files.map((file) => readFile(path.join(folder, file), 'utf8')));
    texts.set(`${name} ${version}`, [`${name} ${version} (${license})`, ...contents].join('\n\n'));
  }
  const sorted = [...texts].sort(([a], [b]) => (a < b ? -1 : 1));
  return `${sorted.map(([, text]) => text.trim()).join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}

/** `node_modules/a/node_modules/@b/c` of a file in it; undefined for our own files. */
function packageFolder(file) {
  return /^(.*\/)?node_modules\/(@[^/]+\/[^/]+|[^/]+)(?=\/)/.exec(file)?.[0];
}
