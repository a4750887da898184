import { DirectoryStore } from '../../src/store/directory.ts';
import { openStore } from '../../src/store/open-store.ts';
import { newBucket } from './s3.ts';

/** Puts all objects of a store in a directory under a prefix in a new bucket on the test gateway; the new store's URL. */
export async function copyToS3(folder: string): Promise<string> {
  const url = `s3://${await newBucket()}/some/prefix`;
  const [from, to] = [new DirectoryStore(folder), await openStore(url)];
  for await (const { key } of from.list('')) await to.put(key, await from.get(key));
  await to.close();
  return url;
}
