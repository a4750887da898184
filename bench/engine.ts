/**
 * What the built-in engine does a second, against decoding everything and, where MONGOQ_TEST_MONGOD names one, against a
 * mongod on the same files. Everything lies in memory caches: this measures the work, not the disk. Prints a table and
 * writes bench/results/engine.json.
 */
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import path from 'node:path';
import { cases, type Case } from './engine/cases.ts';
import {
  decodeEverything,
  engineContender,
  mongodContender,
  openStore,
  type Contender,
} from './engine/contenders.ts';
import { measure, type Times } from './engine/measure.ts';
import { countAll } from './engine/run-all.ts';
import { longCases, longDocuments, threadContenders } from './engine/threads.ts';

const folder = path.resolve('../shared/fixtures/bench-store');
const results = 'bench/results';

interface Result extends Times {
  case: string;
  contender: string;
  unit: string;
  perSecond: number;
  results: number;
}

if (!existsSync(folder)) {
  process.stdout.write(`skipped: the backups of the benchmark are not at ${folder}\n`);
} else await main();

async function main(): Promise<void> {
  const opened = await openStore(folder, 'bench', '1');
  const mongod = process.env['MONGOQ_TEST_MONGOD'];
  const contenders: Contender[] = [
    engineContender('mongoq', opened.engine, () => Promise.resolve()),
    decodeEverything(opened),
    ...(mongod === undefined ? [] : [await mongodContender(mongod, folder, opened)]),
  ];
  const found: Result[] = [];
  for (const one of cases) {
    const documents = await countAll(opened.engine, 'app', { find: one.collection });
    found.push(...(await compare(one, contenders, documents)));
  }
  for (const contender of contenders) await contender.close();
  await opened.close();
  const threads = await threadContenders();
  for (const one of longCases) found.push(...(await compare(one, threads.contenders, longDocuments)));
  await threads.close();
  if (mongod === undefined)
    process.stdout.write('MONGOQ_TEST_MONGOD is not set: not compared with a mongod\n');
  const machine = { node: process.version, cpu: cpus()[0]?.model, cores: cpus().length };
  await mkdir(results, { recursive: true });
  await writeFile(
    path.join(results, 'engine.json'),
    `${JSON.stringify({ machine, results: found }, undefined, 2)}\n`,
  );
}

/** Measures the contenders at one case, and prints it. */
async function compare(one: Case, contenders: Contender[], documents: number): Promise<Result[]> {
  const own: Result[] = [];
  for (const contender of contenders) {
    const number = await contender.run(one);
    const times = await measure(() => contender.run(one));
    const perSecond = (one.units(documents) / times.median) * 1000;
    own.push({
      case: one.name,
      contender: contender.name,
      unit: one.unit,
      perSecond,
      results: number,
      ...times,
    });
  }
  if (new Set(own.map((result) => result.results)).size > 1)
    throw new Error(`${one.name}: different results`);
  print(own);
  return own;
}

function print(own: Result[]): void {
  const [ours] = own;
  if (!ours) return;
  process.stdout.write(`${ours.case}\n`);
  for (const { contender, perSecond, unit, median, spread, cpu } of own) {
    const rate = Math.round(perSecond).toLocaleString('en').padStart(12);
    const noise = `± ${(spread * 100).toFixed(0)} %`;
    const ratio =
      contender === ours.contender
        ? ''
        : `, ${ours.contender} is ${(ours.perSecond / perSecond).toFixed(2)} times as fast`;
    process.stdout.write(
      `  ${contender.padEnd(30)}${rate} ${unit}/s  (${median.toFixed(1)} ms ${noise}, CPU ${cpu.toFixed(1)} ms${ratio})\n`,
    );
  }
}
