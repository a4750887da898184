import type { ObjectStore } from './object-store.ts';

/** `inner`, but for the methods given; `get` always goes through `getWithInfo`. */
export function wrapStore(inner: ObjectStore, changed: Partial<Omit<ObjectStore, 'get'>>): ObjectStore {
  const getWithInfo = changed.getWithInfo ?? inner.getWithInfo.bind(inner);
  return {
    url: inner.url,
    id: inner.id,
    roots: inner.roots,
    put: inner.put.bind(inner),
    head: inner.head.bind(inner),
    list: inner.list.bind(inner),
    listFolders: inner.listFolders.bind(inner),
    delete: inner.delete.bind(inner),
    close: inner.close.bind(inner),
    ...changed,
    getWithInfo,
    get: async (key, options) => (await getWithInfo(key, options)).bytes,
  };
}
