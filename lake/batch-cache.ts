import type { RawPage } from '../sources/source.ts';
import type { BatchRef } from '../workflows/pure/run.ts';
import { readBatch, type Manifest } from './batches.ts';
import type { Store } from './store.ts';

const batchesKept = 16;

/** A sealed batch in memory. */
export interface LoadedBatch {
  readonly manifest: Manifest;
  readonly pages: readonly RawPage[];
}

/**
 * Keeps the batches that were read last, since many cells come from one. A sealed batch never changes,
 * so what is kept is never stale; its hashes are checked when it is read.
 */
export class BatchCache {
  readonly #kept = new Map<string, Promise<LoadedBatch>>();

  constructor(private readonly store: Store) {}

  /** Reads a batch, or finds it among those read last. */
  async read(source: string, batch: BatchRef): Promise<LoadedBatch> {
    const kept = this.#kept.get(batch.id);
    if (kept) return kept;
    const reading = readBatch(this.store, source, batch);
    this.#kept.set(batch.id, reading);
    reading.catch(() => this.#kept.delete(batch.id));
    const oldest = this.#kept.keys().next().value;
    if (this.#kept.size > batchesKept && oldest !== undefined) this.#kept.delete(oldest);
    return reading;
  }
}
