import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkReplicaId,
  checkWritableReplicaId,
  dataKey,
  isSafeFileName,
  metadataKey,
  parseBackupKey,
  parseDataKey,
  statsKey,
} from './layout.ts';

const replicas = fc.string({ minLength: 1 }).filter((id) => {
  try {
    checkReplicaId(id);
    return true;
  } catch {
    return false;
  }
});
const names = fc.string({ minLength: 1 }).filter(isSafeFileName);

describe('keys', () => {
  it('come back as they were made', () => {
    fc.assert(
      fc.property(
        replicas,
        names,
        fc.maxSafeNat(),
        fc.stringMatching(/^[0-9a-f]{32}$/),
        (replica, name, size, checksum) => {
          const file = { name, size, checksum };
          expect(parseDataKey(dataKey(replica, file))).toEqual({ replica, file });
        },
      ),
    );
    fc.assert(
      fc.property(
        replicas,
        fc.stringMatching(/^[^/_]*$/),
        fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
        (replica, id, time) => {
          const ref = { replica, id, time };
          expect(parseBackupKey(metadataKey(ref), 'metadata')).toEqual(ref);
          expect(parseBackupKey(statsKey(ref), 'stats')).toEqual(ref);
          expect(parseBackupKey(statsKey(ref), 'metadata')).toBeUndefined();
        },
      ),
    );
  });

  it.each([
    'r/x',
    'r/x_1',
    `r/x_${'a'.repeat(32)}_01`,
    `r/x_${'A'.repeat(32)}_1`,
    `r/s/x_${'a'.repeat(32)}_1`,
  ])('%s is no data file', (key) => expect(parseDataKey(key)).toBeUndefined());

  it('are refused for names that leave their directory', () => {
    expect(['a', '..a', 'a..', '...'].every(isSafeFileName)).toBe(true);
    expect(['', '.', '..', 'a/b', '/', 'a\0'].some(isSafeFileName)).toBe(false);
  });

  it('keep a place of their own for leases', () => {
    expect(() => checkReplicaId('mongoq')).not.toThrow();
    expect(() => checkWritableReplicaId('mongoq')).toThrow('own folder');
  });
});
