/** What a measurement opens, closed again in the reverse order, however it ends. */
export class Openings {
  readonly #closers: (() => Promise<unknown>)[] = [];

  /** Opens one thing. */
  async open<T>(thing: Promise<T>, close: (thing: T) => Promise<unknown>): Promise<T> {
    const open = await thing;
    this.#closers.unshift(() => close(open));
    return open;
  }

  /** Closes all of them. */
  async close(): Promise<void> {
    for (const close of this.#closers) await close();
  }
}
