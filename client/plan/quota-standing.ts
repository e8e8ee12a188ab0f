import { NobodyAnswers } from '../command/exit-code.ts';
import { connectLake, type OpenLake } from '../command/lake-client.ts';
import { meteredOf, quotaLeft, type SourceLeft } from '../quota/quota-left.ts';
import { units } from '../../workflows/pure/quota/periods.ts';

/** What is left of the quotas that a plan would spend. */
export interface QuotaStanding {
  readonly left: readonly SourceLeft[];
  /** Why nobody can say, where nobody can. */
  readonly unknown?: string;
}

/** Asks the ledgers of the sources that a plan asks; a plan needs no server, so that none is no trouble. */
export async function quotaStanding(open: OpenLake, asked: readonly string[]): Promise<QuotaStanding> {
  const metered = meteredOf(open).filter((source) => asked.includes(source));
  if (metered.length === 0) return { left: [] };
  try {
    const lake = await connectLake(open);
    const left = await Promise.all(metered.map((source) => quotaLeft(lake, source)));
    return { left: left.filter((one): one is SourceLeft => one !== undefined) };
  } catch (error) {
    if (error instanceof NobodyAnswers) return { left: [], unknown: error.message };
    throw error;
  }
}

/** Says what is left of each quota, and whether the requests of the plan must wait for a later day. */
export function quotaWords(
  { left, unknown }: QuotaStanding,
  requests: Readonly<Record<string, number>>,
): string[] {
  if (unknown !== undefined) return [`what is left is not known: ${unknown}`];
  return left.map((one) => {
    const free = units.flatMap((unit) => {
      const { left: count, limit } = one.units[unit];
      return count === null || limit === null ? [] : [`${count} of ${limit} this ${unit}`];
    });
    const today = one.forOthers.day;
    const waits =
      today !== null && (requests[one.source] ?? 0) > today
        ? `; ${one.dailyShare} a day are kept for daily runs, so that ${(requests[one.source] ?? 0) - today} wait for a later day`
        : '';
    return `${one.source}: ${free.join(', ') || 'no limit'} left${waits}`;
  });
}
