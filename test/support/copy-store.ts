import { DirectoryStore } from '../../src/store/directory.ts';
import { MemoryStore } from '../../src/store/memory.ts';

/** What lies in a directory, as a store in memory. */
export async function copyToMemory(directory: string): Promise<MemoryStore> {
  const source = new DirectoryStore(directory);
  const copy = new MemoryStore();
  for await (const { key } of source.list('')) await copy.put(key, await source.get(key));
  return copy;
}
