import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { splitDataset } from '../workflows/pure/cell.ts';
import type { Contract, Rule } from './contract.ts';
import { contractInvalid, readLocatedYaml, type Issue, type LocatedYaml } from './located-yaml.ts';
import { suggest } from './nearest.ts';
import { odcsFile, type OdcsFile, type OdcsTable } from './odcs.ts';
import { readColumns } from './parse-columns.ts';
import { readRule } from './parse-rule.ts';

/**
 * Reads one contract. `file` is how errors name it.
 * @throws ContractError `ContractInvalid` with every fault and its place.
 */
export function parseContract(text: string, file: string): Contract {
  const yaml = readLocatedYaml(text, file);
  const parsed = odcsFile.safeParse(yaml.value, { error: explain, reportInput: true });
  if (!parsed.success) throw contractInvalid(file, yaml, parsed.error.issues.flatMap(issuesOf));
  const issues: Issue[] = [];
  const contract = contractOf(parsed.data, text, file, yaml, issues);
  if (issues.length > 0) throw contractInvalid(file, yaml, issues);
  return contract;
}

function contractOf(
  odcs: OdcsFile,
  text: string,
  file: string,
  yaml: LocatedYaml,
  issues: Issue[],
): Contract {
  const table = odcs.schema[0] as OdcsTable; // the model asks for exactly one
  const columns = readColumns(table, issues);
  const rules = readRules(table, yaml, issues);
  const extras = readExtras(odcs, issues);
  demandRowCount(rules, extras.rowsPerCell, issues);
  return {
    dataset: datasetOf(odcs.id, issues),
    id: odcs.id,
    version: odcs.version,
    sha256: createHash('sha256').update(text, 'utf8').digest('hex'),
    file,
    table: table.name,
    columns: columns.columns,
    primaryKey: columns.primaryKey,
    rules,
    textRuleCount: everyRule(table).length - rules.length,
    ...extras,
    freshnessDays: readFreshness(odcs, issues),
  };
}

function datasetOf(id: string, issues: Issue[]): string {
  const dataset = id.slice(id.lastIndexOf(':') + 1);
  try {
    splitDataset(dataset);
  } catch {
    issues.push({ path: ['id'], message: `the id must end in :source.resource, found "${id}"` });
  }
  return dataset;
}

function everyRule(table: OdcsTable): { place: (string | number)[]; columnIndex?: number; index: number }[] {
  const ofTable = table.quality.map((_, index) => ({ place: ['schema', 0, 'quality', index], index }));
  const ofColumns = table.properties.flatMap((column, columnIndex) =>
    column.quality.map((_, index) => ({
      place: ['schema', 0, 'properties', columnIndex, 'quality', index],
      columnIndex,
      index,
    })),
  );
  return [...ofTable, ...ofColumns];
}

function readRules(table: OdcsTable, yaml: LocatedYaml, issues: Issue[]): Rule[] {
  const names = new Set<string>();
  return everyRule(table).flatMap(({ place, columnIndex, index }) => {
    const column = columnIndex === undefined ? undefined : table.properties[columnIndex];
    const raw = (column ?? table).quality[index];
    if (!raw || raw.type === 'text') return [];
    if (names.has(raw.name)) {
      issues.push({ path: [...place, 'name'], message: `two rules are called "${raw.name}"` });
    }
    names.add(raw.name);
    const rule = readRule(raw, { table, column, path: place, line: yaml.placeOf(place).line, issues });
    return rule ? [rule] : [];
  });
}

type Extras = Pick<Contract, 'rowsPerCell' | 'emptyAnswer' | 'priceTolerancePct' | 'fixing'>;

/** What a property is where it is left out; the first two must be given, and stand in only until that is said. */
const usualExtras: Extras = { rowsPerCell: 1, emptyAnswer: 'failed', priceTolerancePct: 1, fixing: null };

function readExtras(odcs: OdcsFile, issues: Issue[]): Extras {
  const path = ['customProperties'];
  const names = odcs.customProperties.map((extra) => extra.property);
  for (const wanted of ['rowsPerCell', 'emptyAnswer'] as const) {
    if (!names.includes(wanted)) issues.push({ path, message: `${wanted} must be given once, found none` });
  }
  for (const name of new Set(names)) {
    const count = names.filter((other) => other === name).length;
    if (count > 1) issues.push({ path, message: `${name} must be given once, found ${count}` });
  }
  const given = Object.fromEntries(odcs.customProperties.map(({ property, value }) => [property, value]));
  // Each value was parsed by its property's own shape.
  return { ...usualExtras, ...(given as Partial<Extras>) };
}

const hoursOfUnit: Readonly<Record<string, number>> = { d: 24, day: 24, days: 24, h: 1, hour: 1, hours: 1 };

/** Reads the one promise that a machine watches: `slaProperties` with property `freshness`. */
function readFreshness(odcs: OdcsFile, issues: Issue[]): number | null {
  const at = odcs.slaProperties.findIndex(({ property }) => property === 'freshness');
  const promise = odcs.slaProperties[at];
  if (!promise) return null;
  const { value, unit = 'd' } = promise;
  const hours = hoursOfUnit[unit];
  if (typeof value === 'number' && value > 0 && hours !== undefined) return (value * hours) / 24;
  const message = `freshness is a number above 0 in the unit d or h, found ${JSON.stringify(value)} ${unit}`;
  issues.push({ path: ['slaProperties', at], message });
  return null;
}

/** Without this rule an empty file would keep every other one: no row offends. */
function demandRowCount(rules: readonly Rule[], rowsPerCell: Contract['rowsPerCell'], issues: Issue[]): void {
  const isFixed = typeof rowsPerCell === 'number';
  const operator = isFixed ? 'mustBe' : 'mustBeGreaterOrEqualTo';
  const count = isFixed ? rowsPerCell : 1;
  const isDemanded = rules.some(
    (rule) =>
      rule.metric === 'rowCount' &&
      rule.severity === 'error' &&
      rule.expectation.operator === operator &&
      rule.expectation.value === count,
  );
  if (isDemanded) return;
  const message = `add a rule with metric rowCount, severity error and ${operator}: ${count}, as rowsPerCell says`;
  issues.push({ path: ['schema', 0, 'quality'], message });
}

/** Puts zod's findings in the house's words; undefined leaves zod's own. */
function explain(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.input === undefined && issue.code !== 'custom') return 'this key is missing';
  const found = JSON.stringify(issue.input);
  if (issue.code === 'invalid_type') return `expected ${issue.expected}, found ${found}`;
  if (issue.code === 'invalid_value') {
    return `found ${found}; ${suggest(String(issue.input), issue.values.map(String))}`;
  }
  return undefined;
}

function issuesOf(issue: z.core.$ZodIssue): Issue[] {
  if (issue.code === 'unrecognized_keys') {
    const messages = issue.message.split('\n');
    return issue.keys.map((key, index) => ({
      path: issue.path,
      key,
      message: messages[index] ?? issue.message,
    }));
  }
  const last = issue.path.at(-1);
  return [
    { path: issue.path, message: typeof last === 'string' ? `${last}: ${issue.message}` : issue.message },
  ];
}
