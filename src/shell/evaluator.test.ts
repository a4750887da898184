import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { BSON } from 'bson';
import type { CommandRequest, Engine } from '../engine/engine.ts';
import { startGateway, type Gateway } from '../gateway/server.ts';
import { startEvaluator, type EvaluationResult, type Evaluator } from './evaluator.ts';

/** Answers `find` with one document, `count` by waiting until it is aborted. */
class FakeEngine implements Engine {
  readonly info = { kind: 'builtin', version: '3.4.10' } as const;
  aborted = 0;

  run({ command, signal }: CommandRequest): Promise<Buffer> {
    const request = BSON.deserialize(command);
    if ('find' in request) {
      const cursor = {
        id: BSON.Long.ZERO,
        ns: 'test.c',
        firstBatch: [{ _id: 1, n: BSON.Long.fromNumber(5) }],
      };
      return Promise.resolve(Buffer.from(BSON.serialize({ cursor, ok: 1 })));
    }
    if ('distinct' in request) {
      return new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          this.aborted++;
          reject(signal.reason as Error);
        });
      });
    }
    return Promise.resolve(Buffer.from(BSON.serialize({ ok: 1 })));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

describe('the evaluator', () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'mongoq-'));
  const engine = new FakeEngine();
  const printed: EvaluationResult[] = [];
  const warnings: string[] = [];
  let gateway: Gateway;
  let evaluator: Evaluator;

  beforeAll(async () => {
    gateway = await startGateway({ engine, listen: { socketPath: path.join(directory, 'gateway.sock') } });
    evaluator = await startEvaluator({
      uri: gateway.uri,
      interactive: false,
      onPrint: (values) => void printed.push(...values),
      onWarning: (text) => void warnings.push(text),
      onClear: () => undefined,
      onExit: () => undefined,
      readFile: (file) => Promise.resolve(`loaded = '${file}'`),
    });
  }, 30_000);

  beforeEach(() => void (printed.length = 0));

  afterAll(async () => {
    await evaluator.close();
    await gateway.close();
    rmSync(directory, { recursive: true });
  });

  it('runs JavaScript and keeps its variables', async () => {
    await evaluator.evaluate('a = 1');
    expect(await evaluator.evaluate('a + 1')).toEqual({ type: null, printable: 2 });
  });

  it('asks the gateway', async () => {
    const { printable } = await evaluator.evaluate('db.c.findOne()');
    expect(printable).toMatchObject({ _id: 1 });
    expect((await evaluator.evaluate('db.c.find()')).type).toBe('Cursor');
  });

  it('knows the direct commands of mongosh', async () => {
    await evaluator.evaluate('use données');
    expect(evaluator.databaseName).toBe('données');
  });

  it('hands on what code prints, and loads files', async () => {
    await evaluator.evaluate('print("x", 1); load("f.js")');
    expect(printed.map(({ printable }) => printable)).toEqual(['x', 1]);
    expect((await evaluator.evaluate('loaded')).printable).toBe('f.js');
  });

  it('tells warnings, once each, beside what is printed', async () => {
    await evaluator.evaluate('db.c.count()').catch(() => undefined);
    await evaluator.evaluate('db.c.count()').catch(() => undefined);
    expect(warnings).toEqual([
      expect.stringMatching(/^DeprecationWarning: Collection\.count\(\) is deprecated/),
    ]);
    expect(printed).toEqual([]);
  });

  it('throws what the code throws', async () => {
    await expect(evaluator.evaluate('throw new Error("mine")')).rejects.toThrow('mine');
  });

  it('stops what runs, on the server too, and goes on afterwards', async () => {
    const running = evaluator.evaluate('db.c.distinct("x")');
    const failed = expect(running).rejects.toThrow(/interrupted/i);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await evaluator.interrupt();
    await failed;
    expect(engine.aborted).toBe(1);
    expect((await evaluator.evaluate('db.c.findOne()')).printable).toMatchObject({ _id: 1 });
  });

  it('completes databases, collections and methods', async () => {
    expect(await evaluator.complete('db.c.fin')).toContain('db.c.findOne');
  });
});
