/**
 * What the size of the cache's blocks costs: `npm run bench:blocks`. Counts requests, bytes and round trips, which do not
 * depend on the machine, of opening a backup and reading documents by `_id`.
 */
import { SyntheticStore } from './synthetic/store.ts';
import { collectionName, dbName, idOf } from './synthetic/documents.ts';
import { openSession } from '../test/support/open-session.ts';
import { runCommand } from '../test/support/run-command.ts';
import { waveStore } from '../test/support/wave-store.ts';

const inner = new SyntheticStore();
const numbers = Array.from({ length: 20 }, (_, i) => i * 29_000_017 + 123);
console.log(
  '| block | cb + findOne: requests | MB | round trips | 20 more: requests | MB | 20,000 documents by index: requests | MB |',
);
console.log('|--:|--:|--:|--:|--:|--:|--:|--:|');
for (const blockSize of [16, 32, 64, 128, 256].map((kib) => kib << 10)) {
  const cost = waveStore(inner);
  const opened = await openSession(cost.store, { blockSize });
  await opened.session.chooseReplica('huge');
  cost.reset();
  const figures = (): string[] => [String(cost.gets + cost.lists), (cost.bytes / 1e6).toFixed(2)];
  const find = (number: number) =>
    runCommand(opened.engine(), dbName, { find: collectionName, filter: { _id: idOf(number) }, limit: 1 });
  await opened.session.chooseBackup('1');
  await find(123_456_789);
  const first = [...figures(), String(cost.waves)];
  cost.reset();
  for (const number of numbers) await find(number);
  const more = figures();
  cost.reset();
  const pipeline = [
    { $match: { _id: { $gte: idOf(1000), $lt: idOf(21_000) } } },
    { $group: { _id: null, n: { $sum: 1 } } },
  ];
  await runCommand(opened.engine(), dbName, { aggregate: collectionName, pipeline, cursor: {} });
  console.log(`| ${blockSize >> 10} KiB | ${[...first, ...more, ...figures()].join(' | ')} |`);
  await opened.close();
}
