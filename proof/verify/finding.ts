import type { CellKey } from '../../workflows/pure/cell.ts';

/** What can be wrong with one file of a lake. */
export type FindingKind =
  /** Something names it, and it is not there. */
  | 'missing'
  /** Its bytes are not those that were written. */
  | 'altered'
  /** It is shorter than what was written. */
  | 'truncated'
  /** Nothing names it. */
  | 'foreign'
  /** It is whole, and contradicts what it belongs to. */
  | 'disagrees'
  /** Remains of a writer; normal while a run is on. */
  | 'leftover'
  /** Derived, and older than what it is derived from; normal until the next rebuild. */
  | 'behind';

/** What a repair can do about a finding. */
export type Remedy =
  | { readonly remedy: 'restore-published'; readonly cell: CellKey }
  | { readonly remedy: 'restore-superseded'; readonly cell: CellKey; readonly number: number }
  | { readonly remedy: 'restore-archive-list'; readonly archive: string }
  | { readonly remedy: 'set-aside' }
  | { readonly remedy: 'remove' }
  | { readonly remedy: 'none' };

/** One thing that verify found. */
export interface Finding {
  readonly kind: FindingKind;
  /** The file, below the lake's root. */
  readonly path: string;
  readonly expected: string;
  readonly found: string;
  /** What a person does about it. */
  readonly advice: string;
  /** False for what mends itself or is normal while a run is on. */
  readonly isDamage: boolean;
  readonly remedy: Remedy;
}

const mended =
  'npx tsx client/verify.ts --repair writes it again from its batch, as a worker does when it starts';
const fromBackup = 'restore it from a backup; it is never repaired';

/** What to do about each area of the lake, in the words of its findings. */
export const advice = {
  published: mended,
  superseded: 'npx tsx client/verify.ts --repair writes it again from its batch',
  foreign: 'npx tsx client/verify.ts --repair sets it aside under refused/foreign/; nothing reads it',
  record: `records are the memory: ${fromBackup}`,
  audit: `audits are the evidence: ${fromBackup}`,
  contract: `what was published under it is rebuilt from it: ${fromBackup}, or from the project's history`,
  staging: `staging never changes: ${fromBackup}; npx tsx client/retry.ts DATE TICKER --force fetches a cell anew`,
  archive: `archives hold what staging and superseded held: ${fromBackup}`,
  archiveList: 'npx tsx client/verify.ts --repair takes it out of the archive again',
  refused: `kept for people to look at: ${fromBackup}`,
  derived: 'npx tsx client/verify.ts --repair removes it; it is made anew by itself',
} as const;

/** A finding without a remedy, unless one is given. */
export function damage(
  kind: FindingKind,
  path: string,
  expected: string,
  found: string,
  what: keyof typeof advice,
  remedy: Remedy = { remedy: 'none' },
): Finding {
  return { kind, path, expected, found, advice: advice[what], isDamage: true, remedy };
}

/** A file or folder that nothing names, and that a repair sets aside. */
export function foreign(path: string, found = 'nothing names it'): Finding {
  return damage('foreign', path, 'no such file', found, 'foreign', { remedy: 'set-aside' });
}
