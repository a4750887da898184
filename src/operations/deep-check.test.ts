import { describe, expect, it } from 'vitest';
import { copyStore, fixtureStore, loadAll, sampleStore } from '../../test/support/checkpoints.ts';
import { thorough } from '../../test/support/runs.ts';
import { createBlockReader } from '../blocks/create-block-reader.ts';
import { openRocksEngine } from '../engine/rocks/rocks-engine.ts';
import { MemoryStore } from '../store/memory.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { validatingCheck } from './deep-check.ts';
import { verify } from './verify.ts';
import type { DeepCheck } from './verify-report.ts';

function checkOn(store: ObjectStore): DeepCheck {
  const reader = createBlockReader(store);
  return validatingCheck((backup, signal) => openRocksEngine({ reader, backup, signal }));
}

describe('the deep check', () => {
  it('finds nothing wrong with real backups', async () => {
    const deepCheck = checkOn(sampleStore);
    expect((await verify(sampleStore, 'rs0-a', { id: '3', level: 1, deepCheck })).findings).toEqual([]);
    if (!thorough) return;
    const busy = await verify(fixtureStore, 'busy', { level: 1, deepCheck: checkOn(fixtureStore) });
    expect(busy.findings).toEqual([]);
  });

  it('names the namespaces that a damaged block affects', async () => {
    const store = new MemoryStore();
    await copyStore(sampleStore, store);
    const [backup] = await loadAll(store, 'rs0-a');
    const largest = backup!.files.toSorted((a, b) => b.size - a.size)[0]!;
    const bytes = await store.get(largest.key);
    bytes.writeUInt8(bytes.readUInt8(300_000) ^ 1, 300_000);
    await store.put(largest.key, bytes);
    const report = await verify(store, 'rs0-a', { id: '0', level: 1, deepCheck: checkOn(store) });
    expect(report.good).toBe(false);
    for (const finding of report.findings) {
      expect(finding).toMatchObject({ kind: 'content', backups: ['0'] });
      expect(finding.namespaces?.[0]).toMatch(/^[^.]+\../);
      expect(finding.message).toContain('damaged');
    }
  });
});
