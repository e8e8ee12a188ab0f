import {
  keyColumns,
  lineageColumns,
  physicalTypes,
  type Column,
  type Limit,
  type LimitKind,
} from './contract.ts';
import type { Issue } from './located-yaml.ts';
import type { OdcsColumn, OdcsTable } from './odcs.ts';
import { factPrefix } from './subject.ts';

const limitKinds: readonly LimitKind[] = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'];

/** Reads the columns and the primary key, adding to `issues` what does not fit together. */
export function readColumns(
  table: OdcsTable,
  issues: Issue[],
): { columns: readonly Column[]; primaryKey: readonly string[] } {
  const columns = table.properties.map((raw, index) => {
    const path = ['schema', 0, 'properties', index];
    for (const message of faultsOf(raw, table)) issues.push({ path, message: `${raw.name}: ${message}` });
    return columnOf(raw);
  });
  demandHouseColumns(columns, issues);
  return { columns, primaryKey: primaryKeyOf(table) };
}

function columnOf(raw: OdcsColumn): Column {
  const unit = raw.customProperties[0]?.value;
  const { pattern } = raw.logicalTypeOptions;
  return {
    name: raw.name,
    logicalType: raw.logicalType,
    physicalType: raw.physicalType,
    required: raw.required,
    unique: raw.unique,
    limits: limitsOf(raw),
    ...(pattern === undefined ? {} : { pattern }),
    ...(unit === undefined ? {} : { unit }),
  };
}

function limitsOf(raw: OdcsColumn): Limit[] {
  return limitKinds.flatMap((kind) => {
    const value = raw.logicalTypeOptions[kind];
    return value === undefined ? [] : [{ kind, value }];
  });
}

function faultsOf(raw: OdcsColumn, table: OdcsTable): string[] {
  const isNumber = raw.logicalType === 'number' || raw.logicalType === 'integer';
  const { pattern } = raw.logicalTypeOptions;
  const expected = physicalTypes[raw.logicalType];
  const isTwin = table.properties.filter((other) => other.name === raw.name).length > 1;
  const faults: [boolean, string][] = [
    [isTwin, 'two columns have this name'],
    [raw.name.startsWith(factPrefix), `names that begin with ${factPrefix} are the audit's own`],
    [
      raw.physicalType !== expected,
      `a ${raw.logicalType} is stored as ${expected}, found ${raw.physicalType}`,
    ],
    [!isNumber && limitsOf(raw).length > 0, 'only a number or an integer can have limits'],
    [raw.logicalType !== 'string' && pattern !== undefined, 'only a string can have a pattern'],
    [pattern !== undefined && !isPattern(pattern), `"${pattern}" is not a regular expression`],
    [raw.primaryKey && !raw.required, 'a column of the primary key must be required'],
    [
      raw.primaryKey !== (raw.primaryKeyPosition !== undefined),
      'primaryKey and primaryKeyPosition go together',
    ],
    [raw.customProperties.length > 1, 'unit is given twice'],
  ];
  return faults.filter(([isFault]) => isFault).map(([, message]) => message);
}

function primaryKeyOf(table: OdcsTable): string[] {
  return table.properties
    .filter((column) => column.primaryKey)
    .sort((left, right) => (left.primaryKeyPosition ?? 0) - (right.primaryKeyPosition ?? 0))
    .map((column) => column.name);
}

/** The lake, the warehouse and the audit all rely on these columns, in every dataset. */
function demandHouseColumns(columns: readonly Column[], issues: Issue[]): void {
  const keys = Object.entries(keyColumns);
  const lineage = Object.entries(lineageColumns);
  const ends: [[string, string][], readonly Column[], string][] = [
    [keys, columns.slice(0, keys.length), 'first'],
    [lineage, columns.slice(-lineage.length), 'last'],
  ];
  for (const [wanted, found, which] of ends) {
    const fits = wanted.every(([name, type], index) => {
      const column = found[index];
      return column?.name === name && column.logicalType === type && column.required;
    });
    if (fits) continue;
    const words = wanted.map(([name, type]) => `${name} (${type})`).join(', ');
    issues.push({
      path: ['schema', 0, 'properties'],
      message: `the ${which} columns must be ${words}, all required`,
    });
  }
}

/** Tells whether a text is a regular expression at all; DuckDB's own dialect is tried when a worker starts. */
export function isPattern(text: string): boolean {
  try {
    new RegExp(text, 'u');
    return true;
  } catch {
    return false;
  }
}
