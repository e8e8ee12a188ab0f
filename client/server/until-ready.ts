import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { prepareNamespace } from './prepare-namespace.ts';
import type { ProcessEnd, ServerProcess } from './server-process.ts';

const readyMs = 30_000;
const pollMs = 100;
/** How long a process of another CLI version, whose banner we do not know, must live to be believed. */
const believedMs = 3_000;
/** How long closed runs stay, so that their links live as long as people look. */
const retentionDays = 30;

/**
 * Waits until a server that we started answers and its namespace is prepared. Returns what is wrong where
 * that does not come about.
 */
export async function untilReady(
  running: ServerProcess,
  address: string,
  searchAttributes: readonly string[],
  ownLog: () => Promise<string>,
): Promise<string | undefined> {
  let end: ProcessEnd | undefined;
  void running.ended.then((ended) => (end = ended));
  const startMs = Date.now();
  let lastTrouble = 'it has not said that it listens';
  while (Date.now() - startMs < readyMs) {
    if (end !== undefined) return `it ended at once (${end.signal ?? `exit ${end.code}`}).`;
    try {
      // Another server may have taken the port in between: what answers must be the one we started.
      if (await isOurs(ownLog, Date.now() - startMs)) return await prepareOurs(address, searchAttributes);
    } catch (error) {
      lastTrouble = error instanceof Error ? error.message : String(error);
    }
    await sleep(pollMs);
  }
  return `it did not answer within ${readyMs / 1000} seconds (${lastTrouble}).`;
}

/** The CLI prints its address once its port is bound, and ends with an error where it cannot bind it. */
async function isOurs(ownLog: () => Promise<string>, livedMs: number): Promise<boolean> {
  return livedMs >= believedMs || /^(Temporal )?Server:\s/m.test(await ownLog());
}

async function prepareOurs(
  address: string,
  searchAttributes: readonly string[],
): Promise<string | undefined> {
  const connection = await Connection.connect({ address, connectTimeout: 2_000 });
  try {
    const missing = await prepareNamespace(connection, 'default', searchAttributes, { retentionDays });
    return missing.length === 0 ? undefined : missing.map((each) => each.sentence).join(' ');
  } finally {
    await connection.close();
  }
}
