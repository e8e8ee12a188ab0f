import { setTimeout as pause } from 'node:timers/promises';
import type { Fault, SampleMarket } from '../sources/sample/server.ts';
import type { Random } from './random.ts';

/** Trouble that passes: none of it is an answer that could be staged. */
const faults: readonly Fault[] = [
  { kind: 'status', status: 500 },
  { kind: 'status', status: 502, body: 'html' },
  { kind: 'status', status: 429, retryAfterSeconds: 1 },
  { kind: 'truncated', cut: 'connection' },
  { kind: 'truncated', cut: 'json' },
  { kind: 'slow', delayMs: 2_000 },
  { kind: 'reset' },
];

const lookEveryMs = 5;

/**
 * Has a market spoil a share of its answers: after each request it is drawn whether the next one meets a fault, and
 * which. Requests that come within the same moment are counted together, so the share is kept on the whole only.
 */
export function spoil(market: SampleMarket, share: number, random: Random): { stop(): Promise<number> } {
  let ordered = 0;
  let isStopping = false;
  const orderFor = (requests: number): void => {
    for (let request = 0; request < requests; request += 1) {
      if (random.next() >= share) continue;
      market.order(random.oneOf(faults));
      ordered += 1;
    }
  };
  const spoiling = (async () => {
    orderFor(1);
    for (let seen = 0; !isStopping; await pause(lookEveryMs)) {
      const { length } = market.requests;
      orderFor(length - seen);
      seen = length;
    }
  })();
  return {
    stop: async () => {
      isStopping = true;
      await spoiling;
      return ordered;
    },
  };
}
