import { z } from 'zod';
import type { Engine } from './engine.ts';
import { arithmeticFinding } from './portable/arithmetic.ts';
import { expressionFinding } from './portable/expressions.ts';
import { functionFinding } from './portable/functions.ts';
import { queryFindings } from './portable/queries.ts';
import { tableFindings } from './portable/tables.ts';
import { codeOf, textFindings } from './portable/text.ts';
import { firstByte, isInterval, isNode, type Complaint, type Node } from './portable/tree.ts';
import { positionOfByte, positionOfCharacter, type TextPosition } from './sql-text.ts';
import type { SqlFile } from './sql-files.ts';

/** One place in which a model is not the SQL that DuckDB, Spark and Trino read alike. */
export interface PortabilityFinding {
  readonly file: string;
  readonly position: TextPosition;
  /** What stands there. */
  readonly found: string;
  /** What to write in its place. */
  readonly instead: string;
}

const parsed = z.discriminatedUnion('error', [
  z.object({ error: z.literal(false), statements: z.array(z.unknown()) }),
  z.object({ error: z.literal(true), error_message: z.string(), position: z.coerce.number().optional() }),
]);

/**
 * Finds what keeps a model from running unchanged on DuckDB, Spark and Trino, as far as the parser's tree and the
 * text show it; types of columns are not looked up. A model that says `-- engine: duckdb because …` is exempt.
 */
export async function portabilityFindings(engine: Engine, file: SqlFile): Promise<PortabilityFinding[]> {
  if (file.header.engine === 'duckdb') return reasonFindings(file);
  const tree = parsed.parse(await engine.parse(file.text));
  if (tree.error) {
    const position = positionOfCharacter(file.text, tree.position ?? 0);
    const instead = 'write one SELECT, with avg(case when …) for each column in the place of a pivot';
    return [{ file: file.file, position, found: tree.error_message, instead }];
  }
  const code = codeOf(file.text);
  return [...textFindings(code), ...treeFindings(tree.statements, code)]
    .sort((one, other) => one.byte - other.byte)
    .map(({ byte, found, instead }) => {
      return { file: file.file, position: positionOfByte(file.text, byte), found, instead };
    });
}

/** Says a finding in one line: file, place, what stands there, what to write instead. */
export function sayFinding({ file, position, found, instead }: PortabilityFinding): string {
  return `${file}:${position.line}:${position.column}: ${found}; ${instead}`;
}

function reasonFindings(file: SqlFile): PortabilityFinding[] {
  if (/^--[ \t]*engine:[ \t]*duckdb[ \t]+because[ \t]+\S/m.test(file.text)) return [];
  const instead = 'write "-- engine: duckdb because …", or keep to the portable subset';
  const found = 'the header says "engine: duckdb" and gives no reason';
  return [{ file: file.file, position: { line: 1, column: 1 }, found, instead }];
}

function treeFindings(tree: unknown, code: string): (Complaint & { byte: number })[] {
  const all: (Complaint & { byte: number })[] = [];
  const visit = (value: unknown, byte: number, parents: readonly Node[]): void => {
    if (Array.isArray(value)) return value.forEach((item) => visit(item, byte, parents));
    if (!isNode(value)) return;
    const place = firstByte(value, code.length) ?? byte;
    for (const complaint of complaintsOf(value, parents, code)) {
      all.push({ ...complaint, byte: placeOf(complaint, value, code.length) ?? byte });
    }
    // What the parser makes of an interval's number is not what the author wrote.
    if (isInterval(value)) return;
    for (const child of Object.values(value)) visit(child, place, [value, ...parents]);
  };
  visit(tree, 0, []);
  return all;
}

function placeOf(complaint: Complaint, node: Node, size: number): number | undefined {
  const own = node['query_location'];
  if (complaint.at !== undefined) return firstByte(complaint.at, size);
  return typeof own === 'number' && own < size ? own : firstByte(node, size);
}

function complaintsOf(node: Node, parents: readonly Node[], code: string): Complaint[] {
  const one = [
    expressionFinding(node, parents, code),
    functionFinding(node),
    arithmeticFinding(node, parents),
  ].filter((complaint) => complaint !== undefined);
  return [...queryFindings(node, code.length), ...tableFindings(node), ...one];
}
