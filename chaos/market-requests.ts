import { z } from 'zod';
import { knownApis } from '../sources/index.ts';
import { sampleFolderOf } from '../sources/usual.ts';

const requestsSchema = z.array(
  z.object({
    at: z.string(),
    path: z.string(),
    query: z.record(z.string(), z.string()),
    status: z.number().nullable(),
  }),
);

const sampleFolders = knownApis.map(({ name, usual }) => sampleFolderOf(name, usual));

/** One request that a sample market was sent. */
export type MarketRequest = Readonly<z.infer<typeof requestsSchema>[number]>;

/** Asks a sample market in another process for every request that it was sent so far. */
export async function readMarketRequests(marketUrl: string): Promise<readonly MarketRequest[]> {
  const response = await fetch(`${marketUrl}/__market/requests`);
  return requestsSchema.parse(await response.json());
}

/** Writes what a request asked for as a manifest does: below its API's own folder. */
export function targetOf({ path, query }: Pick<MarketRequest, 'path' | 'query'>): string {
  const folder = sampleFolders.find((one) => path.startsWith(`${one}/`)) ?? '';
  const below = path.slice(folder.length);
  const asked = new URLSearchParams(query).toString();
  return asked === '' ? below : `${below}?${asked}`;
}

/** Finds what a market was asked more than once. */
export function askedAgain(requests: readonly MarketRequest[]): string[] {
  const targets = requests.map(({ path, query }) => targetOf({ path, query }));
  return targets.filter((target, index) => targets.indexOf(target) !== index);
}
