import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { packOldFiles, type RetentionReport } from '../../lake/archive/retain.ts';
import type { LocalStore } from '../../lake/local-store.ts';
import { treeOf } from '../lake/support/lake.ts';
import { makeWholeLake, type MadeLake } from './made-lake.ts';

const run = promisify(execFile);
/** Everything that the lake holds came in November. */
const later = { now: new Date('2026-12-20T12:00:00Z'), olderThanDays: 10 };

let lake: MadeLake;
beforeAll(async () => {
  lake = await makeWholeLake();
});
afterAll(() => lake.remove());

it('packs', async () => {
  const copy = await lake.copy(true);
  const before = await treeOf(copy.store);
  const report = await packOldFiles(copy.store, later);
  console.log(JSON.stringify(report, null, 1));
  console.log(Object.keys(await treeOf(copy.store)).filter((k) => /archive|staging|supers/.test(k)));
  console.log((await run('unzip', ['-l', copy.store.pathOf(report.archives[0]?.file ?? '')])).stdout);
  console.log((await run('/tmp/tools/py/bin/python', ['-m', 'zipfile', '-t', copy.store.pathOf(report.archives[0]?.file ?? '')])).stdout);
  void before;
});
