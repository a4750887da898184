/**
 * Every error code of mongoq. The comment of a code is its solution text; docs/errors.md repeats it and a test holds
 * the two together. Codes never change their meaning.
 */
export const ErrorCode = {
  /** The key is not in the store. Check the store's URL, the prefix and the replica id. */
  storeNotFound: 'STORE-001',
  /** The object changed while it was read. Run the command again; if it recurs, something rewrites backup data. */
  storeChanged: 'STORE-002',
  /** The store refused access. Check credentials, profile, and the permissions on the bucket and prefix. */
  storeDenied: 'STORE-003',
  /** The store did not answer in time, or answered with a passing fault, also after retries. Try again later. */
  storeUnavailable: 'STORE-004',
  /** The store returned fewer or other bytes than it announced. Run `mongoq verify` on the backup. */
  storeDamaged: 'STORE-005',
  /** A conditional write found the key already there or changed by somebody else. */
  storeConflict: 'STORE-006',
  /** The store's URL is not of the form s3://bucket/prefix, file:///dir or a path. */
  storeUrl: 'STORE-007',
  /** The bucket does not exist, or not in this region or at this endpoint. */
  storeNoBucket: 'STORE-008',
  /** The store refused the request itself; asking again does not help. Check the endpoint, or the directory's file system. */
  storeRefused: 'STORE-009',

  /** The replica has no backups here. `mongoq show replica-ids` lists those that have. */
  catalogNoReplica: 'CAT-001',
  /** There is no backup of that id. `mongoq show backups -r REPLICA` lists them. */
  catalogNoBackup: 'CAT-002',
  /** The backup's metadata is not valid JSON of the known form. Other backups are not affected. */
  catalogMetadata: 'CAT-003',
  /** The replica id cannot be used in the layout. */
  catalogReplicaId: 'CAT-004',

  /** The files are not those of a database that this engine reads. */
  engineUnsupported: 'ENG-001',
  /** A file of the backup is damaged. `mongoq verify` names everything that is affected. */
  engineDamaged: 'ENG-002',
  /** A file that the backup lists is missing from the store. */
  engineMissingFile: 'ENG-003',
  /** No mongod with RocksDB support was found. Give one with --mongod-path, or use --engine builtin. */
  engineNoMongod: 'ENG-004',
  /** mongod ended before it accepted connections; the end of its log is in the message. */
  engineMongodDied: 'ENG-005',

  /** FUSE cannot be used here. `mongoq doctor` says what is missing; --download and --engine builtin work without. */
  mountUnavailable: 'MOUNT-001',
  /** The mount process ended. */
  mountDied: 'MOUNT-002',
  /** The mount is not read-only, so nothing was started on it. */
  mountWritable: 'MOUNT-003',

  /** The address cannot be listened on. */
  gatewayListen: 'GW-001',
  /** The peer sent bytes that are not the MongoDB wire protocol. */
  gatewayProtocol: 'GW-002',
  /** As many connections as `serve` may answer are open. Close others, or give a higher --max-connections. */
  gatewayFull: 'GW-003',

  /** Another writer holds the replica's lease. Wait for it, or see docs/concurrency.md if it died. */
  operationBusy: 'OP-001',
  /** The target directory cannot be used. */
  operationTarget: 'OP-002',
  /** The mongod that should be backed up refused or failed. */
  operationMongod: 'OP-003',
  /** Verification found damage. */
  operationDamaged: 'OP-004',
  /** Not enough free disk space. */
  operationSpace: 'OP-005',

  /** The command line is wrong. */
  usage: 'CLI-001',
  /** A setting or an environment variable has a wrong value. */
  settings: 'CLI-002',
  /** The command needs a replica or a backup to be chosen first. */
  nothingChosen: 'CLI-003',
  /** What the command prints cannot be written. Check the disk, or the program that takes it. */
  outputFailed: 'CLI-004',

  /** The user cancelled. */
  cancelled: 'GEN-001',
  /** A fault of mongoq itself. Please report it, with the output under MONGOQ_DEBUG=1. */
  internal: 'BUG-001',
} as const;

export type ErrorCode = (typeof ErrorCode)[keyof typeof ErrorCode];
