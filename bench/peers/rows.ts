import { appendFile, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { KillStory, Speed } from './peer.ts';

/** One measurement, good or failed. */
export interface Row {
  readonly kind: 'speed' | 'kill';
  readonly peer: string;
  readonly round: number;
  /** How many days of each coin it was asked for. */
  readonly days: number;
  readonly at: string;
  /** The load of the machine just before. */
  readonly load: number;
  readonly speed?: Speed;
  readonly story?: KillStory;
  /** Why there is neither. */
  readonly failure?: string;
}

/** The measurements of a folder, one a line, written as they come: what is there is not measured again. */
export class Rows {
  readonly #file: string;
  readonly all: Row[];

  private constructor(file: string, all: Row[]) {
    this.#file = file;
    this.all = all;
  }

  static async open(folder: string): Promise<Rows> {
    const file = join(folder, 'rows.jsonl');
    const text = await readFile(file, 'utf8').catch(() => '');
    // Written by `add`, and by nobody else.
    const rows = text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Row);
    return new Rows(file, rows);
  }

  /** True where this was measured already, and did not fail. */
  has({ kind, peer, round, days }: Pick<Row, 'kind' | 'peer' | 'round' | 'days'>): boolean {
    return this.all.some(
      (row) =>
        row.kind === kind && row.peer === peer && row.round === round && row.days === days && !row.failure,
    );
  }

  async add(row: Row): Promise<void> {
    this.all.push(row);
    await appendFile(this.#file, `${JSON.stringify(row)}\n`);
  }
}
