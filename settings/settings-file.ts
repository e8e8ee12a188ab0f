import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { isMap as isYamlMap, isNode, isScalar, LineCounter, parseDocument, visit, type Document } from 'yaml';
import { loadContracts } from '../contracts/load.ts';
import { foreignUnits, hasFallbacks, type ForeignUnit } from './foreign-units.ts';
import { SettingsError } from './settings-error.ts';
import { settingsFile, type SettingsFile } from './shape.ts';

/**
 * Reads a settings file and the one that is laid over it.
 * @throws SettingsError naming file, line and what to write instead.
 */
export function readSettingsFile(basePath: string, overlayPath: string | undefined): SettingsFile {
  const base = readYaml(basePath);
  const overlay = overlayPath ? readYaml(resolve(overlayPath)) : undefined;
  const merged = overlay ? layOver(base.value, overlay.value ?? {}) : base.value;
  const parsed = settingsFile.safeParse(merged);
  const placed = (path: readonly PropertyKey[], named: string, message: string): string => {
    const at = overlay && overlay.lineOf(path) !== undefined ? overlay : base;
    return `${at.path}:${at.lineOf(path) ?? 1}: ${named || 'the file'}: ${message}`;
  };
  if (parsed.success) {
    const foreign = unitsRefused(parsed.data, basePath);
    if (foreign.length === 0) return parsed.data;
    throw new SettingsError(
      foreign.map(({ path, message }) => placed(path, path.join('.'), message)).join('\n'),
    );
  }
  const sentences = parsed.error.issues.slice(0, 5).map((issue) => {
    const path = issue.code === 'unrecognized_keys' ? [...issue.path, ...issue.keys.slice(0, 1)] : issue.path;
    return placed(path, issue.path.join('.'), issue.message);
  });
  throw new SettingsError(sentences.join('\n'));
}

/** The contracts lie beside the file that comes with the project; they are read only where they can matter. */
function unitsRefused({ assets }: SettingsFile, basePath: string): ForeignUnit[] {
  return hasFallbacks(assets)
    ? foreignUnits(assets, loadContracts(join(dirname(basePath), 'contracts')))
    : [];
}

interface YamlFile {
  readonly path: string;
  readonly value: unknown;
  /** The line of the deepest part of a path that is there; undefined where not even its first part is. */
  lineOf(path: readonly PropertyKey[]): number | undefined;
}

function readYaml(path: string): YamlFile {
  if (!existsSync(path)) {
    throw new SettingsError(
      `${path} is not there. MARKETLAKE_CONFIG must name a YAML file; unset it to use marketlake.yaml alone.`,
    );
  }
  const lines = new LineCounter();
  const document = parseDocument(readText(path), { lineCounter: lines });
  const error = document.errors[0];
  if (error)
    throw new SettingsError(
      `${path}:${lines.linePos(error.pos[0]).line}: ${error.message.split('\n')[0] ?? ''}`,
    );
  return { path, value: valueOf(document, lines, path), lineOf: (at) => lineOf(document, lines, at) };
}

function readText(path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path));
  } catch (error) {
    const found = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    throw new SettingsError(
      `${path} cannot be read as UTF-8 text (${found}): name a YAML file, saved as UTF-8`,
    );
  }
}

function valueOf(document: Document.Parsed, lines: LineCounter, path: string): unknown {
  visit(document, {
    Pair: (_, { key }) => {
      // It would set what stands behind every map, and the check of the shape passes over it.
      if (!isScalar(key) || key.value !== '__proto__') return;
      const { line } = lines.linePos(key.range?.[0] ?? 0);
      throw new SettingsError(`${path}:${line}: __proto__ is no name: leave it out`);
    },
  });
  let value: unknown;
  try {
    value = document.toJS();
    JSON.stringify(value);
  } catch (error) {
    const found = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    throw new SettingsError(
      `${path}: its aliases cannot be resolved (${found}): write out what they stand for`,
    );
  }
  return value;
}

function lineOf(document: Document, lines: LineCounter, path: readonly PropertyKey[]): number | undefined {
  for (let depth = path.length; depth > 0; depth -= 1) {
    const start = startOf(document, path.slice(0, depth));
    if (start !== undefined) return lines.linePos(start).line;
  }
  return undefined;
}

/** Where the name of a value stands, since a map or list begins below its name; in a list, where the value stands. */
function startOf(document: Document, path: readonly PropertyKey[]): number | undefined {
  const holder: unknown = document.getIn(path.slice(0, -1), true);
  const name = path.at(-1);
  const keys = isYamlMap(holder) ? holder.items.map(({ key }) => key) : [];
  const key = keys.find((candidate) => isScalar(candidate) && candidate.value === name);
  const node: unknown = key ?? document.getIn(path, true);
  return isNode(node) ? node.range?.[0] : undefined;
}

/** Maps are merged key by key; anything else, lists too and by null too, is replaced. */
function layOver(base: unknown, overlay: unknown): unknown {
  if (!isMap(base) || !isMap(overlay)) return overlay;
  const keys = new Set([...Object.keys(base), ...Object.keys(overlay)]);
  return Object.fromEntries(
    [...keys].map((key) => [key, key in overlay ? layOver(base[key], overlay[key]) : base[key]]),
  );
}

/** A set or another thing with a tag of YAML's is no map: laid over one it would say nothing. */
function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
