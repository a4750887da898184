import type { MongodProbe } from './probe.ts';

export interface MongodPlace {
  dbPath: string;
  /** Where it puts `mongodb-PORT.sock`. */
  socketDirectory: string;
  port: number;
  /** In a network namespace of its own, where every address is as good as none. */
  isolated: boolean;
}

/**
 * RocksDB's options: a compaction would read the whole backup and write it anew; and with all files open (the default)
 * the start would take as many round trips as there are files.
 */
const rocksdbOptions = 'disable_auto_compactions=true;max_open_files=512';

/** mongod's command line for a scratch directory. */
export function mongodArguments({ queryable }: MongodProbe, place: MongodPlace): string[] {
  return [
    ...['--storageEngine', 'rocksdb'],
    ...['--dbpath', place.dbPath],
    ...['--port', String(place.port)],
    // In its own namespace the loopback device is down, and an address of it could not be bound.
    ...['--bind_ip', place.isolated ? '0.0.0.0' : '127.0.0.1'],
    ...['--unixSocketPrefix', place.socketDirectory],
    ...['--rocksdbConfigString', rocksdbOptions],
    ...['--setParameter', 'diagnosticDataCollectionEnabled=false'],
    // Deletes expired documents: in a backup everything is expired.
    ...(queryable ? ['--queryableBackupMode'] : ['--setParameter', 'ttlMonitorEnabled=false']),
  ];
}
