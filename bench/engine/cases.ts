import type { Document } from 'bson';

/** What is measured: one or several commands on a collection of `app`, and the same in plain JavaScript on decoded documents. */
export interface Case {
  name: string;
  collection: string;
  commands: Record<string, unknown>[];
  /** What one document looked at, or looked up, is called. */
  unit: 'documents' | 'look-ups';
  /** Units that the commands go through, given the number of documents in the collection. */
  units: (documents: number) => number;
  /** The number of results, from all documents. */
  plain: (documents: Iterable<Document>) => number;
}

interface Event extends Document {
  host: string;
  ok: boolean;
  type: string;
}

interface Order extends Document {
  user: number;
  shipTo: string;
  paid: number;
}

const lookups = 500;
/** Spread over the collection, in no order. */
const ids = Array.from({ length: lookups }, (_, i) => (i * 7919) % 45_000);
const users = { from: 1000, to: 2000 };
const best = 10;
/** Fields without an index: every document is looked at. */
const all = (documents: number): number => documents;

/** The cases. No filter but those of the last two has an index. */
export const cases: Case[] = [
  {
    name: 'scan, filter on three fields, small documents (events, 70 bytes)',
    collection: 'events',
    commands: [{ find: 'events', filter: { host: 'h3', type: 'login', ok: false } }],
    unit: 'documents',
    units: all,
    plain: (documents) =>
      count(
        documents as Iterable<Event>,
        (event) => event.host === 'h3' && event.type === 'login' && !event.ok,
      ),
  },
  {
    name: 'scan, filter on a late field (orders, 260 bytes)',
    collection: 'orders',
    commands: [{ find: 'orders', filter: { paid: { $gt: 99.9 } } }],
    unit: 'documents',
    units: all,
    plain: (documents) => count(documents as Iterable<Order>, (order) => order.paid > 99.9),
  },
  {
    name: 'group by a field with a sum and a maximum (orders)',
    collection: 'orders',
    commands: [
      {
        aggregate: 'orders',
        pipeline: [{ $group: { _id: '$shipTo', paid: { $sum: '$paid' }, most: { $max: '$paid' } } }],
        cursor: {},
      },
    ],
    unit: 'documents',
    units: all,
    plain: (documents) => {
      const groups = new Map<string, { paid: number; most: number }>();
      for (const { shipTo, paid } of documents as Iterable<Order>) {
        const group = groups.get(shipTo) ?? { paid: 0, most: -Infinity };
        groups.set(shipTo, { paid: group.paid + paid, most: Math.max(group.most, paid) });
      }
      return groups.size;
    },
  },
  {
    name: 'sort without an index, limit 10 (orders)',
    collection: 'orders',
    commands: [{ find: 'orders', sort: { paid: -1 }, limit: best }],
    unit: 'documents',
    units: all,
    plain: (documents) =>
      [...(documents as Iterable<Order>)].sort((a, b) => b.paid - a.paid).slice(0, best).length,
  },
  {
    name: 'look-up by _id (users)',
    collection: 'users',
    commands: ids.map((_id) => ({ find: 'users', filter: { _id }, limit: 1, singleBatch: true })),
    unit: 'look-ups',
    units: () => lookups,
    plain: (documents) => {
      const wanted = new Set(ids);
      return count(documents, ({ _id }) => wanted.has(_id as unknown as number));
    },
  },
  {
    name: 'range of an index (orders by user)',
    collection: 'orders',
    commands: [{ find: 'orders', filter: { user: { $gte: users.from, $lt: users.to } } }],
    unit: 'documents',
    units: all,
    plain: (documents) =>
      count(documents as Iterable<Order>, ({ user }) => user >= users.from && user < users.to),
  },
];

function count<T>(documents: Iterable<T>, test: (document: T) => boolean): number {
  let found = 0;
  for (const document of documents) if (test(document)) found++;
  return found;
}
