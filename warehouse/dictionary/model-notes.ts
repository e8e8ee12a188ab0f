import type { SqlFile } from '../sql-files.ts';

/** What the comment lines at the top of a SQL file tell people. */
export interface ModelNotes {
  /** The sentences before the first `-- word:` line. */
  readonly description: string;
  /** Why it is outside the portable subset; undefined where it is inside. */
  readonly engine: string | undefined;
  /** `-- column name: meaning`, by name. */
  readonly columns: ReadonlyMap<string, string>;
}

const taggedLine = /^(grain|key|sources|engine|severity|column [a-z_0-9]+):/;

/** Reads the notes of a model or a test. Whatever follows the first line without `--` is none of them. */
export function readNotes(file: SqlFile): ModelNotes {
  const lines = file.text.split('\n');
  const end = lines.findIndex((line) => !line.startsWith('--'));
  const notes = lines.slice(0, end < 0 ? lines.length : end).map((line) => line.replace(/^--\s?/, '').trim());
  const firstTag = notes.findIndex((line) => taggedLine.test(line));
  const tagged = firstTag < 0 ? [] : notes.slice(firstTag);
  return {
    description: notes.slice(0, firstTag < 0 ? notes.length : firstTag).join(' '),
    engine: tagged.map((line) => /^engine:\s*(.+)$/.exec(line)?.[1]).find(Boolean),
    columns: new Map(tagged.flatMap(columnNote)),
  };
}

function columnNote(line: string): [string, string][] {
  const [, name, meaning] = /^column ([a-z_0-9]+):\s*(.+)$/.exec(line) ?? [];
  return name === undefined || meaning === undefined ? [] : [[name, meaning]];
}
