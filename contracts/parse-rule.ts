import type { Expectation, Metric, Rule } from './contract.ts';
import type { Issue, Path } from './located-yaml.ts';
import { suggest } from './nearest.ts';
import {
  operatorNames,
  type OdcsColumn,
  type OdcsLibraryRule,
  type OdcsSqlRule,
  type OdcsTable,
} from './odcs.ts';
import { isPattern } from './parse-columns.ts';

interface RulePlace {
  readonly table: OdcsTable;
  /** The column it stands under; undefined for a rule of the table. */
  readonly column: OdcsColumn | undefined;
  readonly path: Path;
  readonly line: number;
  readonly issues: Issue[];
}

/** Reads one rule; undefined where `issues` now says why not. */
export function readRule(raw: OdcsLibraryRule | OdcsSqlRule, place: RulePlace): Rule | undefined {
  const refuse = (message: string): undefined => {
    place.issues.push({ path: place.path, message: `rule ${raw.name}: ${message}` });
  };
  const expectation = readExpectation(raw, refuse);
  const metric = raw.type === 'sql' ? readSql(raw, place, refuse) : readLibrary(raw, place, refuse);
  if (!expectation || !metric) return undefined;
  const { name, severity, dimension } = raw;
  return { name, severity, dimension, expectation, line: place.line, ...metric };
}

type Refuse = (message: string) => undefined;

function readExpectation(raw: OdcsLibraryRule | OdcsSqlRule, refuse: Refuse): Expectation | undefined {
  const given = operatorNames.filter((name) => raw[name] !== undefined);
  const [operator, ...more] = given;
  if (operator === undefined || more.length > 0) {
    return refuse(`exactly one operator is needed, found ${given.join(' and ') || 'none'}`);
  }
  if (operator === 'mustBeBetween' || operator === 'mustNotBeBetween') {
    const [low, high] = raw[operator] ?? [0, 0];
    return low < high ? { operator, low, high } : refuse(`${operator} takes the smaller number first`);
  }
  return { operator, value: raw[operator] ?? 0 };
}

function readSql(raw: OdcsSqlRule, place: RulePlace, refuse: Refuse): Metric | undefined {
  const query = raw.query.trim();
  const allowed = place.column ? ['object', 'property'] : ['object'];
  const used = [...query.matchAll(/\$?\{([^}]*)\}/g)].map((match) => ({
    text: match[0],
    word: match[1] ?? '',
  }));
  const unknown = used.find(({ text, word }) => !text.startsWith('$') || !allowed.includes(word));
  if (unknown) return refuse(`unknown placeholder ${unknown.text}; ${suggest(unknown.word, allowed)}`);
  if (!used.some(({ word }) => word === 'object')) return refuse('the query must read from ${object}');
  if (!/^(select|with)\s/i.test(query) || /;|--|\/\*/.test(query)) {
    return refuse('a query is one SELECT, without semicolon and comments');
  }
  return { metric: 'sql', query, ...(place.column ? { column: place.column.name } : {}) };
}

type Argument = keyof NonNullable<OdcsLibraryRule['arguments']>;

/** Which arguments a metric takes. Another one would be ignored in silence. */
const argumentsOf: Readonly<Record<OdcsLibraryRule['metric'], readonly Argument[]>> = {
  rowCount: [],
  nullValues: [],
  missingValues: ['missingValues'],
  invalidValues: ['validValues', 'pattern'],
  duplicateValues: ['properties'],
};

function readLibrary(raw: OdcsLibraryRule, place: RulePlace, refuse: Refuse): Metric | undefined {
  const given = Object.keys(raw.arguments ?? {}) as Argument[]; // strict in the model
  const wanted = argumentsOf[raw.metric];
  const stray = given.find((name) => !wanted.includes(name));
  if (stray) {
    return refuse(`${raw.metric} takes no argument ${stray}; allowed here: ${wanted.join(', ') || 'none'}`);
  }
  return place.column
    ? readColumnMetric(raw, place.column, refuse)
    : readTableMetric(raw, place.table, refuse);
}

function readTableMetric(raw: OdcsLibraryRule, table: OdcsTable, refuse: Refuse): Metric | undefined {
  if (raw.metric === 'rowCount') return { metric: 'rowCount' };
  if (raw.metric !== 'duplicateValues') return refuse(`${raw.metric} belongs under a column`);
  const columns = raw.arguments?.properties;
  if (!columns) return refuse('duplicateValues of a table needs arguments.properties');
  const known = table.properties.map((column) => column.name);
  const unknown = columns.find((name) => !known.includes(name));
  if (unknown !== undefined) return refuse(`there is no column "${unknown}"; ${suggest(unknown, known)}`);
  return { metric: 'duplicateValues', columns };
}

function readColumnMetric(raw: OdcsLibraryRule, column: OdcsColumn, refuse: Refuse): Metric | undefined {
  const { validValues, pattern, missingValues, properties } = raw.arguments ?? {};
  switch (raw.metric) {
    case 'rowCount':
      return refuse('rowCount belongs under the table');
    case 'nullValues':
      return { metric: 'nullValues', column: column.name };
    case 'duplicateValues':
      if (properties) return refuse('duplicateValues of a column takes no arguments');
      return { metric: 'duplicateValues', columns: [column.name] };
    case 'missingValues':
      return missingValues
        ? { metric: 'missingValues', column: column.name, missing: missingValues }
        : refuse('missingValues needs arguments.missingValues');
    case 'invalidValues':
      if ((validValues === undefined) === (pattern === undefined)) {
        return refuse('invalidValues needs either arguments.validValues or arguments.pattern');
      }
      if (validValues) return { metric: 'invalidValues', column: column.name, validValues };
      if (column.logicalType !== 'string') return refuse('only a string can have a pattern');
      return isPattern(pattern ?? '')
        ? { metric: 'invalidValues', column: column.name, pattern: pattern ?? '' }
        : refuse(`"${pattern}" is not a regular expression`);
  }
}
