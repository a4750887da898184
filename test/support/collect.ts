/** Everything that an async iterable gives (Array.fromAsync, which Node has from version 22). */
export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** The keys of a listing. */
export async function collectKeys(items: AsyncIterable<{ key: string }>): Promise<string[]> {
  return (await collect(items)).map(({ key }) => key);
}
