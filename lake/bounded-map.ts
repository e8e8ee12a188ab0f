/**
 * Does an act for every item, at most `limit` at a time, and gives the answers in the items' order. After a failure
 * nothing more is begun, what is under way is waited for, and the first failure is thrown.
 */
export async function boundedMap<T, R>(
  items: readonly T[],
  limit: number,
  act: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  const failures: unknown[] = [];
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < items.length && failures.length === 0) {
      const index = next++;
      try {
        // The loop's own bound: an item stands at every index below the length.
        results[index] = await act(items[index] as T);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, work));
  if (failures.length > 0) throw failures[0];
  return results;
}
