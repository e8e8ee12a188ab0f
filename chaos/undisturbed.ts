import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { countStates } from '../tests/support/lake-view.ts';
import { addDays, utcDateOf } from '../workflows/pure/cell.ts';
import type { Undisturbed } from './end-state.ts';
import { openStage } from './stage.ts';

/** The last day of every run is final for each asset, whenever it is played. */
const daysAgo = 5;

/** The flags of a backfill of so many days. */
export function backfillFlags({ days, grain }: { readonly days: number; readonly grain?: string }): string[] {
  const to = addDays(utcDateOf(Date.now()), -daysAgo);
  const range = ['--from', addDays(to, 1 - days), '--to', to];
  return grain === undefined ? range : [...range, '--grain', grain];
}

/** What backfills leave that nobody disturbs: each is run once, and kept until the end. */
export class UndisturbedRuns {
  readonly #runs = new Map<string, Promise<Undisturbed>>();
  #folder: string | undefined;

  constructor(private readonly say: (line: string) => void) {}

  async of(backfill: readonly string[]): Promise<Undisturbed> {
    const key = backfill.join(' ');
    const run = this.#runs.get(key) ?? this.#play(backfill);
    this.#runs.set(key, run);
    return run;
  }

  async close(): Promise<void> {
    if (this.#folder !== undefined) await rm(this.#folder, { recursive: true, force: true });
  }

  async #play(backfill: readonly string[]): Promise<Undisturbed> {
    this.say(`an undisturbed run first: backfill ${backfill.join(' ')}`);
    this.#folder ??= await mkdtemp(join(tmpdir(), 'chaos-'));
    const stage = await openStage({ backfill });
    try {
      const code = await stage.client().ended;
      if (code !== 0)
        throw new Error(`An undisturbed backfill ended with ${code}:\n${stage.client().output()}`);
      const { lake } = stage.opened;
      const warehouse = join(this.#folder, `undisturbed-${this.#runs.size}.duckdb`);
      await copyFile(lake.store.pathOf('warehouse.duckdb'), warehouse);
      const { published = 0, closed = 0 } = await countStates(lake);
      this.say(`  ${published} of ${published + closed} cells published, the others closed`);
      return { warehouse, cells: published + closed, published };
    } finally {
      await stage.close();
    }
  }
}
