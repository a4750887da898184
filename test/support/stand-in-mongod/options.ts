import { parseArgs } from 'node:util';

/** The part of mongod 3.4's command line that anybody here uses. */
export interface Options {
  dbPath: string;
  port: number;
  bindIp: string;
  /** Where the Unix socket goes; undefined with --nounixsocket. */
  socketDirectory: string | undefined;
  storageEngine: string | undefined;
  queryable: boolean;
  auth: boolean;
  argv: string[];
}

export const version = `db version v3.4.10
git version: 078f28920cb24de0dd479b5ea6c66c644f6326e9
allocator: tcmalloc
modules: rocks
build environment:
    distarch: x86_64
    target_arch: x86_64`;

export const help = `Options:

General options:
  -h [ --help ]                         show this usage information
  --version                             show version information
  --port arg                            specify port number - 27017 by default
  --bind_ip arg                         comma separated list of ip addresses to listen on
  --nounixsocket                        disable listening on unix sockets
  --unixSocketPrefix arg                alternative directory for UNIX domain sockets (defaults to /tmp)

Storage options:
  --storageEngine arg                   what storage engine to use - defaults to wiredTiger if no data files present
  --dbpath arg                          directory for datafiles - defaults to /data/db

RocksDB options:
  --rocksdbCacheSizeGB arg              maximum amount of memory to allocate for cache
  --rocksdbCompression arg (=snappy)    block compression algorithm for collection data
  --rocksdbConfigString arg             RocksDB storage engine custom configuration settings`;

/** Reads the command line; throws what mongod says about one that it does not understand. */
export function parseOptions(argv: string[]): Options {
  try {
    const { values } = parseArgs({
      args: argv,
      options: {
        dbpath: { type: 'string', default: '/data/db' },
        port: { type: 'string', default: '27017' },
        bind_ip: { type: 'string', default: '0.0.0.0' },
        unixSocketPrefix: { type: 'string', default: '/tmp' },
        nounixsocket: { type: 'boolean', default: false },
        storageEngine: { type: 'string' },
        rocksdbConfigString: { type: 'string' },
        rocksdbCompression: { type: 'string' },
        setParameter: { type: 'string', multiple: true },
        queryableBackupMode: { type: 'boolean', default: false },
        auth: { type: 'boolean', default: false },
      },
    });
    return {
      dbPath: values.dbpath,
      port: Number(values.port),
      bindIp: values.bind_ip,
      socketDirectory: values.nounixsocket ? undefined : values.unixSocketPrefix,
      storageEngine: values.storageEngine,
      queryable: values.queryableBackupMode,
      auth: values.auth,
      argv,
    };
  } catch (error) {
    throw new Error(`Error parsing command line: ${String(error)}\ntry 'mongod --help' for more information`);
  }
}
