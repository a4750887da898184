import { deserialize, type Document, serialize } from 'bson';
import { describe, expect, it } from 'vitest';
import { forOldServer, withoutLaterConcern, withoutTransport } from './translate.ts';

const old = (command: Document): Document => deserialize(forOldServer(Buffer.from(serialize(command))));

describe('a command for an old server', () => {
  const transport = {
    $db: 'app',
    lsid: { id: 1 },
    txnNumber: 1,
    $clusterTime: {},
    $readPreference: { mode: 'nearest' },
    apiVersion: '1',
    apiStrict: true,
    apiDeprecationErrors: true,
    maxTimeMSOpOnly: 5,
  };

  it('carries nothing of the transport', () => {
    expect(old({ ping: 1, ...transport })).toEqual({ ping: 1 });
  });

  it.each<[Document, Document]>([
    [
      { find: 'c', allowDiskUse: true, comment: 'x', maxTimeMS: 5 },
      { find: 'c', comment: 'x', maxTimeMS: 5 },
    ],
    [
      { aggregate: 'c', pipeline: [], cursor: {}, comment: 1, hint: 'a' },
      { aggregate: 'c', pipeline: [], cursor: {} },
    ],
    [
      { getMore: 1, collection: 'c', comment: 1, maxTimeMS: 5 },
      { getMore: 1, collection: 'c' },
    ],
    [
      {
        explain: { aggregate: 'c', pipeline: [], hint: 'a', $db: 'app' },
        comment: 1,
        verbosity: 'queryPlanner',
      },
      { explain: { aggregate: 'c', pipeline: [] }, comment: 1, verbosity: 'queryPlanner' },
    ],
    [{ hello: 1, helloOk: true, client: {}, compression: [], speculativeAuthenticate: {} }, { isMaster: 1 }],
    [
      { count: 'c', comment: 1 },
      { count: 'c', comment: 1 },
    ],
    [
      { constructor: 1, comment: 1 },
      { constructor: 1, comment: 1 },
    ],
  ])('%o becomes %o', (command, expected) => {
    expect(old(command)).toEqual(expected);
  });

  it('keeps the bytes of what it leaves alone', () => {
    const command = Buffer.from(serialize({ ping: 1, a: { b: [1.5, 'x'] } }));
    expect(withoutTransport(command)).toBe(command);
  });
});

describe('a read with a concern', () => {
  const without = (command: Document): Document =>
    deserialize(withoutLaterConcern(Buffer.from(serialize(command))));
  const find = { find: 'c', filter: { readConcern: 1 } };

  it('loses what came after 3.4 and asks for nothing', () => {
    const readConcern = { level: 'available' };
    expect(without({ ...find, readConcern })).toEqual(find);
    expect(without({ explain: { ...find, readConcern }, verbosity: 'x', readConcern })).toEqual({
      explain: find,
      verbosity: 'x',
    });
  });

  it.each<Document>([
    { writeConcern: { w: 'majority', wtimeout: 5 } },
    { readConcern: {} },
    { readConcern: { level: 'local' } },
    { readConcern: { level: 'majority' } },
    { readConcern: { level: 'linearizable' } },
    { readConcern: { level: 'available', afterClusterTime: 1 } },
    { readConcern: { level: 1 } },
    { readConcern: 'local' },
  ])('keeps %o, which 3.4 answers', (concern) => {
    expect(without({ ...find, ...concern })).toEqual({ ...find, ...concern });
  });
});
