import { z } from 'zod';
import { physicalTypes, type LogicalType, type PhysicalType } from './contract.ts';
import { suggest } from './nearest.ts';

/**
 * The part of ODCS 3.1.0 that we read. Every object is strict: a key that is neither read nor listed as
 * `ignored` is an error, since a rule dropped in silence is a check that passes.
 */

/** Known to ODCS, of use to people and other tools, and without a meaning for the audit. */
const ignored = z.unknown().optional();

/** Builds a strict object that says, one line a key, what was probably meant. */
function strict<Shape extends z.ZodRawShape>(shape: Shape): z.ZodObject<Shape, z.core.$strict> {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => `unknown key "${key}"; ${suggest(key, known)}`).join('\n')
        : undefined,
  });
}

const name = z.string().regex(/^[a-z_][a-z0-9_]*$/, 'a name is lower case letters, digits and underscores');
const value = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const range = z.tuple([z.number(), z.number()]);

const operators = {
  mustBe: z.number().optional(),
  mustNotBe: z.number().optional(),
  mustBeGreaterThan: z.number().optional(),
  mustBeGreaterOrEqualTo: z.number().optional(),
  mustBeLessThan: z.number().optional(),
  mustBeLessOrEqualTo: z.number().optional(),
  mustBeBetween: range.optional(),
  mustNotBeBetween: range.optional(),
};

const documentation = {
  id: ignored,
  description: ignored,
  tags: ignored,
  authoritativeDefinitions: ignored,
};

const ruleFacts = {
  ...documentation,
  businessImpact: ignored,
  method: ignored,
  name,
  severity: z.enum(['error', 'warning']),
  dimension: z.enum([
    'accuracy',
    'completeness',
    'conformity',
    'consistency',
    'coverage',
    'timeliness',
    'uniqueness',
  ]),
  /** Counts only; a share of the rows is not implemented. */
  unit: z.literal('rows').optional(),
  ...operators,
};

const libraryRule = strict({
  type: z.literal('library'),
  metric: z.enum(['nullValues', 'missingValues', 'invalidValues', 'duplicateValues', 'rowCount']),
  arguments: strict({
    validValues: z.array(value).min(1).optional(),
    pattern: z.string().min(1).optional(),
    missingValues: z.array(value).min(1).optional(),
    properties: z.array(name).min(1).optional(),
  }).optional(),
  ...ruleFacts,
});

const sqlRule = strict({ type: z.literal('sql'), query: z.string().min(1), ...ruleFacts });

const textRule = strict({
  ...documentation,
  type: z.literal('text'),
  description: z.string().min(1),
  name: ignored,
  severity: ignored,
  dimension: ignored,
});

const rule = z.discriminatedUnion('type', [libraryRule, sqlRule, textRule], {
  error: (issue) =>
    issue.code === 'invalid_union' ? 'a rule needs a type. Allowed here: library, sql, text' : undefined,
});

const logicalTypes = Object.keys(physicalTypes) as LogicalType[]; // the keys of a constant
const physicalNames = Object.values(physicalTypes) as [PhysicalType, ...PhysicalType[]]; // never empty

const column = strict({
  ...documentation,
  businessName: ignored,
  examples: ignored,
  classification: ignored,
  criticalDataElement: ignored,
  transformSourceObjects: ignored,
  transformLogic: ignored,
  transformDescription: ignored,
  name,
  logicalType: z.enum(logicalTypes),
  physicalType: z.enum(physicalNames),
  required: z.boolean().default(false),
  unique: z.boolean().default(false),
  primaryKey: z.boolean().default(false),
  primaryKeyPosition: z.int().positive().optional(),
  logicalTypeOptions: strict({
    minimum: z.number().optional(),
    maximum: z.number().optional(),
    exclusiveMinimum: z.number().optional(),
    exclusiveMaximum: z.number().optional(),
    pattern: z.string().min(1).optional(),
  }).default({}),
  customProperties: z
    .array(strict({ ...documentation, property: z.literal('unit'), value: z.string() }))
    .default([]),
  quality: z.array(rule).default([]),
});

const table = strict({
  ...documentation,
  businessName: ignored,
  physicalName: ignored,
  physicalType: ignored,
  dataGranularityDescription: ignored,
  logicalType: z.literal('object').optional(),
  name,
  properties: z.array(column).min(1),
  quality: z.array(rule).default([]),
});

/** Such as `00:00 UTC`: when a price is fixed. It is shown in tables, so that it is one line. */
const fixing = z.string().regex(/^\S(.*\S)?$/, 'a fixing is one line of text');
const fixingByClass = z.record(z.string().min(1), fixing);

const extra = z.discriminatedUnion(
  'property',
  [
    strict({
      ...documentation,
      property: z.literal('rowsPerCell'),
      value: z.union([z.int().positive(), z.literal('at least 1')]),
    }),
    strict({ ...documentation, property: z.literal('emptyAnswer'), value: z.enum(['failed', 'closed']) }),
    strict({ ...documentation, property: z.literal('priceTolerancePct'), value: z.number().positive() }),
    strict({ ...documentation, property: z.literal('fixing'), value: z.union([fixing, fixingByClass]) }),
  ],
  {
    error: (issue) =>
      issue.code === 'invalid_union'
        ? 'unknown custom property. Allowed here: rowsPerCell, emptyAnswer, priceTolerancePct, fixing'
        : undefined,
  },
);

/** Of the promises only `freshness` is read; the others are for people. */
const slaProperty = z.looseObject({ property: z.string(), value: z.unknown(), unit: z.string().optional() });

/** Parses a whole ODCS file, as far as we read it. */
export const odcsFile = strict({
  apiVersion: z.literal('v3.1.0'),
  kind: z.literal('DataContract'),
  id: z.string().regex(/^[^\s]+$/, 'an id has no spaces'),
  version: z.string().regex(/^\d+\.\d+\.\d+$/, 'a version is three numbers, such as 1.0.0'),
  schema: z.array(table).length(1, 'a contract describes exactly one table'),
  customProperties: z.array(extra),
  name: ignored,
  status: z.enum(['proposed', 'draft', 'active', 'deprecated', 'retired']),
  description: ignored,
  domain: ignored,
  tenant: ignored,
  dataProduct: ignored,
  tags: ignored,
  team: ignored,
  roles: ignored,
  support: ignored,
  price: ignored,
  servers: ignored,
  slaDefaultElement: ignored,
  slaProperties: z.array(slaProperty).default([]),
  authoritativeDefinitions: ignored,
  contractCreatedTs: ignored,
});

export type OdcsFile = z.output<typeof odcsFile>;
export type OdcsTable = z.output<typeof table>;
export type OdcsColumn = z.output<typeof column>;
export type OdcsRule = z.output<typeof rule>;
export type OdcsLibraryRule = z.output<typeof libraryRule>;
export type OdcsSqlRule = z.output<typeof sqlRule>;
/** The names of the operators, in the order of the standard. */
export const operatorNames = Object.keys(operators) as (keyof typeof operators)[]; // the keys of a constant
