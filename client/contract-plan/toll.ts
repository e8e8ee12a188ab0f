import type { CellVerdict } from '../../contracts/broken-rules.ts';
import type { JudgedCell } from '../../plan/judged-again.ts';
import type { CellKey } from '../../workflows/pure/cell.ts';

/** One cell that breaks a rule. */
export interface Offender {
  readonly ticker: string;
  readonly date: string;
  readonly measured: string;
  /** The first rows that offend, column → value. */
  readonly rows: readonly Readonly<Record<string, string | null>>[];
}

/** How many cells break one rule, and the first of them. */
export interface RuleToll {
  readonly rule: string;
  readonly severity: 'error' | 'warning';
  readonly expected: string;
  readonly cellCount: number;
  readonly first: readonly Offender[];
}

/** A cell of which nobody can tell, and why. */
export interface UntoldCell extends CellKey {
  readonly why: string;
}

const offendersNamed = 5;

/** Counts, cell by cell, what a contract would do. */
export class Toll {
  readonly #counts = { passing: 0, refused: 0, admitted: 0, stillRefused: 0 };
  readonly #rules = new Map<
    string,
    { -readonly [K in keyof RuleToll]: RuleToll[K] } & { first: Offender[] }
  >();
  readonly #untold: UntoldCell[] = [];

  get counts(): Readonly<Record<'passing' | 'refused' | 'admitted' | 'stillRefused', number>> {
    return this.#counts;
  }

  /** The rules that are broken, those that refuse the most first. */
  get rules(): RuleToll[] {
    const rank = ({ severity }: RuleToll): number => (severity === 'error' ? 0 : 1);
    return [...this.#rules.values()].sort(
      (left, right) => rank(left) - rank(right) || right.cellCount - left.cellCount,
    );
  }

  get untold(): readonly UntoldCell[] {
    return this.#untold;
  }

  /** Counts one cell. `rowsOf` fetches what offends, for the first cells of each rule only. */
  async add(
    { state }: JudgedCell,
    { cell, broken }: CellVerdict,
    rowsOf: (rule: string) => Promise<Record<string, string | null>[]>,
  ): Promise<void> {
    const isRefused = broken.some(({ severity }) => severity === 'error');
    if (state === 'published') this.#counts[isRefused ? 'refused' : 'passing'] += 1;
    else this.#counts[isRefused ? 'stillRefused' : 'admitted'] += 1;
    for (const { rule, severity, expected, measured } of broken) {
      const toll = this.#rules.get(rule) ?? { rule, severity, expected, cellCount: 0, first: [] };
      this.#rules.set(rule, toll);
      toll.cellCount += 1;
      if (toll.first.length >= offendersNamed) continue;
      toll.first.push({ ticker: cell.ticker, date: cell.date, measured, rows: await rowsOf(rule) });
    }
  }

  /** Notes a cell that cannot be judged. */
  addUntold({ dataset, ticker, date }: CellKey, why: string): void {
    this.#untold.push({ dataset, ticker, date, why });
  }
}
