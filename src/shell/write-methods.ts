/** Methods of mongosh's collections, databases and `rs`/`sh` that change something: on a backup all are refused. */
const writeMethods = new Set([
  ...[
    'insert',
    'insertOne',
    'insertMany',
    'bulkWrite',
    'initializeOrderedBulkOp',
    'initializeUnorderedBulkOp',
  ],
  ...['update', 'updateOne', 'updateMany', 'replaceOne', 'findAndModify', 'findOneAndDelete'],
  ...['findOneAndReplace', 'findOneAndUpdate', 'remove', 'deleteOne', 'deleteMany', 'save'],
  ...['drop', 'dropIndex', 'dropIndexes', 'dropDatabase', 'renameCollection', 'convertToCapped', 'reIndex'],
  ...[
    'createIndex',
    'createIndexes',
    'ensureIndex',
    'hideIndex',
    'unhideIndex',
    'compactStructuredEncryptionData',
  ],
  ...['createSearchIndex', 'createSearchIndexes', 'dropSearchIndex', 'updateSearchIndex'],
  ...['createCollection', 'createView', 'createEncryptedCollection', 'cloneDatabase', 'cloneCollection'],
  ...['copyDatabase', 'createUser', 'updateUser', 'changeUserPassword', 'dropUser', 'dropAllUsers'],
  ...['createRole', 'updateRole', 'dropRole', 'dropAllRoles', 'grantRolesToUser', 'revokeRolesFromUser'],
  ...['grantRolesToRole', 'revokeRolesFromRole', 'grantPrivilegesToRole', 'revokePrivilegesFromRole'],
  ...['fsyncLock', 'fsyncUnlock', 'shutdownServer', 'setProfilingLevel', 'setLogLevel'],
  ...['enableFreeMonitoring', 'disableFreeMonitoring', 'configureQueryAnalyzer'],
]);

/** Whether the last word of a text is such a method of something. */
export function endsInWriteMethod(text: string): boolean {
  const method = /\.([A-Za-z]+)\(?$/.exec(text)?.[1];
  return method !== undefined && writeMethods.has(method);
}
