import { afterAll, beforeAll, expect, it } from 'vitest';
import { verifyLake } from '../../proof/verify/verify-lake.ts';
import { makeWholeLake, type MadeLake } from './made-lake.ts';
let lake: MadeLake;
beforeAll(async () => {
  const s = Date.now();
  lake = await makeWholeLake();
  console.log('made', Date.now() - s);
});
afterAll(() => lake.remove());
it('x', async () => {
  const s = Date.now();
  const r = await verifyLake(lake.proof, { now: lake.now, lookAgainAfterMs: 0 });
  console.log(Date.now() - s, JSON.stringify(r, null, 1));
  console.log((await lake.store.list('.')).filter((k) => !/records|audits/.test(k)).join('\n'));
});
