import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ContractError } from './contract-error.ts';
import { contractInvalid, readLocatedYaml, type Issue } from './located-yaml.ts';

/** What a coin is mostly used for, as we sort them. */
export const segments = [
  ...['layer-1', 'layer-2', 'payments', 'privacy', 'stablecoin', 'wrapped', 'exchange'],
  ...['defi', 'oracle', 'storage', 'gaming', 'meme', 'other'],
] as const;

/** One coin that we know under an id of our own. */
export interface Coin {
  /** Our own id: small letters, digits and hyphens, so that none is taken for a source's id with its source before it. */
  readonly coin: string;
  readonly symbol: string;
  readonly name: string;
  readonly segment: string;
  /** How each source calls it; a source of which nobody is sure is left out. */
  readonly ids: Readonly<Record<string, string>>;
}

const ownId = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'an id of ours has small letters, digits and hyphens only');
const sourceName = z.string().regex(/^[a-z][a-z0-9]*$/, 'a source is named in small letters and digits');

const coinsFile = z.strictObject({
  coins: z.record(
    ownId,
    z.strictObject({
      symbol: z.string().min(1),
      name: z.string().min(1),
      segment: z.enum(segments),
      ids: z
        .record(sourceName, z.string().min(1))
        .refine((ids) => Object.keys(ids).length > 0, 'a coin has the id of one source at least'),
    }),
  ),
});

/**
 * Reads the mapping of coins. `file` is how errors name it.
 * @throws ContractError `ContractInvalid` with every fault and its place.
 */
export function readCoins(text: string, file: string): Coin[] {
  const yaml = readLocatedYaml(text, file);
  const parsed = coinsFile.safeParse(yaml.value);
  if (!parsed.success) throw contractInvalid(file, yaml, parsed.error.issues.map(issueOf));
  const coins = Object.entries(parsed.data.coins).map(([coin, facts]) => ({ coin, ...facts }));
  const twice = idsGivenTwice(coins);
  if (twice.length > 0) throw contractInvalid(file, yaml, twice);
  return coins;
}

/** A name that is wrong is told where it stands and why, not that some key of the record is. */
function issueOf(issue: z.core.$ZodIssue): Issue {
  const { path, message } = issue;
  if (issue.code !== 'invalid_key') return { path, message };
  return {
    path: path.slice(0, -1),
    key: String(path.at(-1)),
    message: issue.issues[0]?.message ?? message,
  };
}

/** Two coins that share a source's id would each get the other's prices. */
function idsGivenTwice(coins: readonly Coin[]): Issue[] {
  const ownerOf = new Map<string, string>();
  return coins.flatMap(({ coin, ids }) =>
    Object.entries(ids).flatMap(([source, id]): Issue[] => {
      const owner = ownerOf.get(`${source} ${id}`);
      ownerOf.set(`${source} ${id}`, owner ?? coin);
      if (owner === undefined) return [];
      return [
        { path: ['coins', coin, 'ids', source], message: `${source} id ${id} is that of ${owner} already` },
      ];
    }),
  );
}

/**
 * Reads the mapping of this project, `contracts/coins.yaml`.
 * @throws ContractError `ContractInvalid`.
 */
export function loadCoins(): Coin[] {
  const file = join(import.meta.dirname, 'coins.yaml');
  return readCoins(readText(file), file);
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new ContractError(
      'ContractInvalid',
      `Cannot read the mapping of coins, ${file}; put it back.`,
      cause,
    );
  }
}
