/**
 * The commands by what they may do. Names as mongod 3.4 lists them, its aliases, and those of later versions, since the
 * mongod behind the gateway may be of any; the policy passes only what is listed as reading.
 */

/** Reads of data and of the catalog. Some are checked further: see policy.ts. */
const dataReads = [
  ...['find', 'getMore', 'killCursors', 'aggregate', 'count', 'distinct', 'group', 'explain'],
  ...['geoNear', 'geoSearch', 'mapReduce', 'mapreduce', 'parallelCollectionScan', 'filemd5'],
  ...['dataSize', 'datasize', 'dbHash', 'dbhash', 'dbStats', 'dbstats', 'collStats', 'collstats'],
  ...['listCollections', 'listDatabases', 'listIndexes', 'validate', 'profile'],
  ...['planCacheListFilters', 'planCacheListPlans', 'planCacheListQueryShapes'],
];

/** Questions about the server itself. */
const serverReads = [
  ...['buildInfo', 'buildinfo', 'hostInfo', 'serverStatus', 'getCmdLineOpts', 'getParameter', 'getLog'],
  ...['features', 'availableQueryOptions', 'listCommands', 'top', 'getDiagnosticData', 'lockInfo'],
  ...['connPoolStats', 'shardConnPoolStats', 'shardingState', 'getShardMap', 'getShardVersion'],
  ...['usersInfo', 'rolesInfo', 'replSetGetStatus', 'replSetGetConfig', 'replSetGetRBID', 'driverOIDTest'],
];

export const readCommands: ReadonlySet<string> = new Set([...dataReads, ...serverReads]);

/** Commands that write, change the server's state, or run arbitrary code; named so that they get mongod's own refusal. */
export const writeCommands: ReadonlySet<string> = new Set([
  ...['insert', 'update', 'delete', 'findAndModify', 'findandmodify', 'bulkWrite', 'applyOps', 'doTxn'],
  ...[
    'create',
    'drop',
    'dropDatabase',
    'createIndexes',
    'dropIndexes',
    'deleteIndexes',
    'reIndex',
    'collMod',
  ],
  ...[
    'renameCollection',
    'convertToCapped',
    'cloneCollectionAsCapped',
    'emptycapped',
    'captrunc',
    'godinsert',
  ],
  ...[
    'eval',
    '$eval',
    'clone',
    'cloneCollection',
    'copydb',
    'copydbgetnonce',
    'copydbsaslstart',
    'cloneLocal',
  ],
  ...[
    'createUser',
    'updateUser',
    'dropUser',
    'dropAllUsersFromDatabase',
    'grantRolesToUser',
    'revokeRolesFromUser',
  ],
  ...[
    'createRole',
    'updateRole',
    'dropRole',
    'dropAllRolesFromDatabase',
    'grantRolesToRole',
    'revokeRolesFromRole',
  ],
  ...['grantPrivilegesToRole', 'revokePrivilegesFromRole', 'authSchemaUpgrade', 'invalidateUserCache'],
  ...[
    '_mergeAuthzCollections',
    '_getUserCacheGeneration',
    'repairDatabase',
    'repairCursor',
    'compact',
    'touch',
  ],
  ...['fsync', 'fsyncUnlock', 'shutdown', 'logRotate', 'rotateCertificates', 'setParameter', 'diagLogging'],
  ...[
    'setFeatureCompatibilityVersion',
    'setClusterParameter',
    'setDefaultRWConcern',
    'setUserWriteBlockMode',
  ],
  ...[
    'replSetInitiate',
    'replSetReconfig',
    'replSetStepDown',
    'replSetStepUp',
    'replSetFreeze',
    'replSetMaintenance',
  ],
  ...[
    'replSetSyncFrom',
    'replSetElect',
    'replSetFresh',
    'replSetHeartbeat',
    'replSetRequestVotes',
    'replSetTest',
  ],
  ...[
    'replSetUpdatePosition',
    'replSetResizeOplog',
    'replSetAbortPrimaryCatchUp',
    'resync',
    'appendOplogNote',
  ],
  ...['planCacheClear', 'planCacheClearFilters', 'planCacheSetFilter', 'connPoolSync', 'forceerror', 'sleep'],
  ...['cleanupOrphaned', 'mergeChunks', 'moveChunk', 'splitChunk', 'splitVector', 'checkShardingIndex'],
  ...['setShardVersion', 'unsetSharding', 'handshake', '_isSelf', '_migrateClone', '_recvChunkAbort'],
  ...['_recvChunkCommit', '_recvChunkStart', '_recvChunkStatus', '_transferMods', 'mapreduce.shardedfinish'],
  ...[
    '_configsvrAddShard',
    '_configsvrAddShardToZone',
    '_configsvrBalancerStart',
    '_configsvrBalancerStatus',
  ],
  ...['_configsvrBalancerStop', '_configsvrCommitChunkMerge', '_configsvrCommitChunkMigration'],
  ...['_configsvrCommitChunkSplit', '_configsvrMoveChunk', '_configsvrRemoveShardFromZone'],
  ...['_configsvrSetFeatureCompatibilityVersion', '_configsvrUpdateZoneKeyRange', 'currentOpCtx'],
  ...['createBackup', 'configureFailPoint', 'enableSharding', 'shardCollection', 'addShard', 'removeShard'],
  ...['createSearchIndexes', 'updateSearchIndex', 'dropSearchIndex', 'importCollection', 'oidcRefreshKeys'],
]);
