import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { bronzeTable } from '../bronze-tables.ts';

/** One column of a dataset, as its contract describes it. */
export interface DescribedColumn {
  readonly name: string;
  readonly type: string;
  readonly isRequired: boolean;
  readonly unit: string | undefined;
  readonly meaning: string | undefined;
}

/** One dataset, as its contract describes it. */
export interface DescribedDataset {
  readonly dataset: string;
  /** The table in which models find it, without its schema. */
  readonly table: string;
  /** The contract's file, without its folder. */
  readonly file: string;
  readonly version: string;
  /** What it is good for and what it is not, in the contract's words. */
  readonly description: string;
  readonly columns: readonly DescribedColumn[];
  readonly rules: readonly { readonly name: string; readonly severity: string; readonly meaning: string }[];
}

/** The texts of a contract, which the audit has no use for and its own reader leaves out. */
const texts = z.object({
  id: z.string(),
  version: z.string(),
  description: z.object({ usage: z.string().default(''), limitations: z.string().default('') }),
  schema: z
    .array(
      z.object({
        properties: z.array(
          z.object({
            name: z.string(),
            physicalType: z.string(),
            required: z.boolean().default(false),
            description: z.string().optional(),
            customProperties: z.array(z.object({ property: z.string(), value: z.unknown() })).default([]),
          }),
        ),
        quality: z
          .array(
            z.object({
              name: z.string().optional(),
              severity: z.string().optional(),
              description: z.string().default(''),
            }),
          )
          .default([]),
      }),
    )
    .min(1),
});

/** Reads what the contracts of a folder say to people, by dataset. */
export function readContractWords(folder: string): DescribedDataset[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.odcs.yaml'));
  return names.sort().map((name) => readOne(folder, name));
}

function readOne(folder: string, file: string): DescribedDataset {
  const found = texts.parse(parse(readFileSync(join(folder, file), 'utf8')));
  const table = found.schema[0];
  const dataset = found.id.slice(found.id.lastIndexOf(':') + 1);
  return {
    dataset,
    table: bronzeTable(dataset),
    file,
    version: found.version,
    description: `${found.description.usage} ${found.description.limitations}`.trim(),
    columns: (table?.properties ?? []).map((column) => ({
      name: column.name,
      type: column.physicalType,
      isRequired: column.required,
      unit: column.customProperties
        .filter(({ property }) => property === 'unit')
        .map(({ value }) => String(value))[0],
      meaning: column.description,
    })),
    rules: (table?.quality ?? []).map(({ name, severity, description }) => ({
      name: name ?? 'text',
      severity: severity ?? 'text',
      meaning: description,
    })),
  };
}
