/** Does an act for each of many items, a bounded number at a time; the items are taken as they are needed. */
export async function inParallel<T>(
  items: Iterable<T> | AsyncIterable<T>,
  atOnce: number,
  act: (item: T) => Promise<void>,
): Promise<void> {
  const source = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  const work = async (): Promise<void> => {
    for (let next = await source.next(); !next.done; next = await source.next()) await act(next.value);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

/** Gathers items into lists of a bounded length. */
export async function* inChunks<T>(items: AsyncIterable<T>, length: number): AsyncGenerator<T[]> {
  let chunk: T[] = [];
  for await (const item of items) {
    chunk.push(item);
    if (chunk.length < length) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}
