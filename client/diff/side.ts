import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { checkedInstant, isInstant } from '../as-of/instant.ts';
import { warehouseAsOf, warehouseOfLake } from '../as-of/warehouse-as-of.ts';
import { WrongUse } from '../command/exit-code.ts';
import type { OpenLake } from '../command/lake-client.ts';

/** One of the two warehouses that are compared. */
export interface Side {
  readonly path: string;
  /** What people call it: as they typed it, an instant in full. */
  readonly name: string;
  readonly remove: () => Promise<void>;
}

const nothingToRemove = async (): Promise<void> => undefined;

/** Reads one side as a person typed it, without doing anything yet: whatever is wrong is found before the work. */
export function readSide(text: string, open: () => Promise<OpenLake>, now: Date): () => Promise<Side> {
  if (text === 'now')
    return async () => ({ path: warehouseOfLake(await open()), name: 'now', remove: nothingToRemove });
  if (existsSync(resolve(text))) {
    return async () => ({ path: resolve(text), name: text, remove: nothingToRemove });
  }
  if (!isInstant(text)) {
    throw new WrongUse(
      `${text} is no warehouse file, no instant and not "now". Write a file that is there, an instant such as 2026-11-19T18:00:00Z, a date, or now.`,
    );
  }
  const instant = checkedInstant('The instant', text, now);
  return async () => {
    const { warehousePath, remove } = await warehouseAsOf(await open(), instant);
    return { path: warehousePath, name: instant.toISOString(), remove };
  };
}
