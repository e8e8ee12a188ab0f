import { isMap, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node } from 'yaml';
import { ContractError } from './contract-error.ts';

/** A place in a file; lines and columns begin at 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** The keys and indexes that lead to a value. */
export type Path = readonly PropertyKey[];

/** Something wrong at a place of the document. */
export interface Issue {
  readonly path: Path;
  /** The key that is wrong itself, below `path`. */
  readonly key?: string;
  readonly message: string;
}

/** A YAML document whose every value can say where it stands. */
export interface LocatedYaml {
  readonly value: unknown;
  /** The place of a value, or of its nearest parent where there is none; with `key`, of that key. */
  placeOf(path: Path, key?: string): Place;
}

/**
 * Reads one YAML document.
 * @throws ContractError `ContractInvalid` for bad YAML, a key given twice, or what YAML only warns about.
 */
export function readLocatedYaml(text: string, file: string): LocatedYaml {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false });
  const faults = [...document.errors, ...document.warnings];
  if (faults.length > 0) {
    const places = faults.map((fault) => line(file, placeAt(counter, fault.pos[0]), fault.message));
    throw new ContractError('ContractInvalid', refusal(file, places));
  }
  return {
    value: valueOf(document, file),
    placeOf: (path, key) => placeAt(counter, offsetOf(document, path, key)),
  };
}

/** Makes values of a document; one whose aliases unfold without end, or into themselves, is none. */
function valueOf(document: Document.Parsed, file: string): unknown {
  try {
    const value: unknown = document.toJS();
    // What holds itself cannot be written down, and no message could quote it.
    JSON.stringify(value);
    return value;
  } catch (cause) {
    const found = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
    const message = refusal(file, [
      line(file, { line: 1, column: 1 }, `its aliases cannot be resolved (${found})`),
    ]);
    throw new ContractError('ContractInvalid', message, cause);
  }
}

/** Makes one error of all that is wrong with a contract, one line each. */
export function contractInvalid(file: string, yaml: LocatedYaml, issues: readonly Issue[]): ContractError {
  const lines = issues.map((issue) => line(file, yaml.placeOf(issue.path, issue.key), issue.message));
  return new ContractError('ContractInvalid', refusal(file, lines));
}

function refusal(file: string, lines: readonly string[]): string {
  return `The contract ${file} cannot be used; mend what is named here and start again.\n${lines.join('\n')}`;
}

function line(file: string, place: Place, message: string): string {
  return `  ${file}:${place.line}:${place.column}: ${message}`;
}

function placeAt(counter: LineCounter, offset: number): Place {
  const { line, col } = counter.linePos(offset);
  return { line: Math.max(1, line), column: Math.max(1, col) };
}

function offsetOf(document: Document.Parsed, path: Path, key?: string): number {
  let node: Node | null = document.contents;
  for (const step of path) {
    const next = childOf(node, step);
    if (!next) break;
    node = next;
  }
  const pair =
    key !== undefined && isMap(node) ? node.items.find((item) => nameOf(item.key) === key) : undefined;
  const keyNode = pair?.key;
  return (isScalar(keyNode) ? keyNode.range?.[0] : node?.range?.[0]) ?? 0;
}

function childOf(node: Node | null, step: PropertyKey): Node | undefined {
  if (!isMap(node) && !isSeq(node)) return undefined;
  const child: unknown = node.get(typeof step === 'symbol' ? String(step) : step, true);
  return isMap(child) || isSeq(child) || isScalar(child) ? child : undefined;
}

function nameOf(key: unknown): string | undefined {
  return isScalar(key) ? String(key.value) : undefined;
}
