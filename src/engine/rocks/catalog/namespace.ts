/** Splits "db.collection" at the first dot; a collection's own name may hold more of them. */
export function splitNamespace(namespace: string): { db: string; collection: string } {
  const dot = namespace.indexOf('.');
  return dot < 0
    ? { db: namespace, collection: '' }
    : { db: namespace.slice(0, dot), collection: namespace.slice(dot + 1) };
}

/** Whether a namespace is an oplog: its record ids are its timestamps, and it has no indexes. */
export function isOplog(namespace: string): boolean {
  return namespace.startsWith('local.oplog.');
}

/** Collections that a later server keeps until it may drop them are no longer there for a user. */
export function isHidden(collection: string): boolean {
  return collection.startsWith('system.drop.');
}
