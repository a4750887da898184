import { parseArgs } from 'node:util';
import { toEjson } from '../../src/bson/ejson.ts';
import { printDocument } from '../../src/bson/print.ts';
import type { Value } from '../../src/bson/value.ts';
import { loadCases } from './case.ts';
import { runCases, type Outcome } from './suite.ts';

const usage = `npm run conformance -- [FAMILY | ID | START OF AN ID]... [--full] [--limit N] [--ids]
  --full      print command, expected and actual reply of every failure in full
  --limit N   failures to print (default 25)
  --ids       print only the ids of what failed`;

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    full: { type: 'boolean', default: false },
    ids: { type: 'boolean', default: false },
    limit: { type: 'string', default: '25' },
    help: { type: 'boolean', default: false },
  },
});

const print = (text: string) => void process.stdout.write(`${text}\n`);

function cut(text: string): string {
  return flags.full || text.length <= 240 ? text : `${text.slice(0, 240)}...`;
}

function showList(list: readonly Value[]): string {
  return cut(`[${list.map((value) => toEjson(value)).join(', ')}]`);
}

function show({ one, reason, answer }: Outcome): void {
  print(`\n${one.id}  (${one.replica} ${one.backup}, ${one.db}, ${one.compare})`);
  print(`  ${flags.full ? (reason ?? '') : (reason ?? '').split('\n').slice(0, 4).join('\n  ')}`);
  print(`  command  ${cut(printDocument(one.command))}`);
  if (flags.full) print(`  as EJSON ${toEjson(one.command)}`);
  if (one.reply !== undefined) print(`  expected ${cut(toEjson(one.reply))}`);
  if (answer !== undefined) {
    print(`  actual   ${answer.list ? showList(answer.list) : cut(toEjson(answer.single ?? answer.reply))}`);
  }
}

async function main(): Promise<void> {
  if (flags.help) {
    print(usage);
    return;
  }
  const families = new Map<string, { passed: number; failed: number; skipped: number }>();
  const failures: Outcome[] = [];
  for await (const outcome of runCases(loadCases(positionals))) {
    const { family } = outcome.one;
    const counts = families.get(family) ?? { passed: 0, failed: 0, skipped: 0 };
    counts[outcome.kind]++;
    families.set(family, counts);
    if (outcome.kind === 'failed') failures.push(outcome);
  }
  if (flags.ids) failures.forEach(({ one }) => print(one.id));
  else failures.slice(0, Number(flags.limit)).forEach(show);
  const total = { passed: 0, failed: 0, skipped: 0 };
  print(`\n${'family'.padEnd(18)}  passed  failed  skipped`);
  for (const [family, counts] of families) {
    print(line(family, counts));
    for (const kind of ['passed', 'failed', 'skipped'] as const) total[kind] += counts[kind];
  }
  print(line('total', total));
  process.exitCode = total.failed > 0 ? 1 : 0;
}

function line(name: string, counts: { passed: number; failed: number; skipped: number }): string {
  const { passed, failed, skipped } = counts;
  return `${name.padEnd(18)}  ${String(passed).padStart(6)}  ${String(failed).padStart(6)}  ${String(skipped).padStart(7)}`;
}

await main();
