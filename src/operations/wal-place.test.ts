import { describe, expect, it } from 'vitest';
import { isWal, optionsFile, walFolder } from './wal-place.ts';

describe('the place of the write-ahead log', () => {
  it.each([
    ['  wal_dir=/data/mongodb/rs0/db/journal\n', 'journal'],
    ['  wal_dir=/data/mongodb/rs0/db/journal/\n', 'journal'],
    ['  wal_dir=/data/mongodb/rs0/db\n', ''],
    ['  wal_dir=\n', ''],
    ['  max_open_files=-1\n', 'journal'],
    [undefined, 'journal'],
  ])('for %j is %j', (options, folder) => expect(walFolder(options)).toBe(folder));

  it('is asked of the newest OPTIONS file', () => {
    const file = (name: string): { name: string; size: number; checksum: string; key: string } => ({
      name,
      size: 0,
      checksum: '',
      key: name,
    });
    expect(optionsFile([file('OPTIONS-000099'), file('OPTIONS-000100'), file('CURRENT')])?.name).toBe(
      'OPTIONS-000100',
    );
    expect(['000001.log', 'LOG', '000001.sst', 'x.log'].filter(isWal)).toEqual(['000001.log']);
  });
});
