/** Has something done if this process ends, on whatever way, before it is called off: what it starts ends with it. */
export function onExit(act: () => void): () => void {
  const actQuietly = (): void => {
    try {
      act();
    } catch {
      // It has ended already.
    }
  };
  process.once('exit', actQuietly);
  return () => void process.off('exit', actQuietly);
}
