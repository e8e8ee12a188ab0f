import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { startSampleMarket } from '../../sources/sample/server.ts';
import { workTestLake } from '../support/test-lake.ts';
import { startTestServer } from '../support/test-server.ts';
import { fileOf, folder, now, version } from './recording.ts';
import { scenarios } from './scenarios.ts';
import {
  bitcoinAlone,
  recordBad,
  recordCancelled,
  recordDaily,
  recordGood,
  recordMetered,
  recordMonths,
  recordPages,
  recordReaudit,
  recordSteered,
} from './stories.ts';
import { recordAlerted, recordRewritten } from './watched-stories.ts';

/**
 * Records one history of every scenario for the version in package.json, once, before its release. It never
 * replaces a recording: a replay that fails says that open workflows would break, and recording anew hides it.
 */

const there = scenarios.filter((scenario) => existsSync(fileOf(scenario)));
if (there.length > 0) {
  console.error(
    `${version} is recorded already (${there.join(', ')}). Raise the version in package.json, then record it.`,
  );
  process.exit(2);
}
await mkdir(folder, { recursive: true });
const server = await startTestServer();
const market = await startSampleMarket();
const overlay = { assets: bitcoinAlone, run: { cellsAtOnce: 4 } };
const worked = await workTestLake({ address: server.address, market, now, overlay });
await recordGood(worked);
await recordBad(worked, market);
await recordCancelled(worked);
await recordMonths(worked, market);
await recordSteered(worked);
await recordDaily(worked);
await worked.close();
await recordPages(server, market);
await recordMetered(server, market);
await recordReaudit(server, market);
await recordAlerted(server, market);
await recordRewritten(server, market);
await market.close();
await server.close();
process.exit(0);
