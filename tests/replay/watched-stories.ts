import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SampleMarket } from '../../sources/sample/server.ts';
import { addDays } from '../../workflows/pure/cell.ts';
import { dailyId, partitionId, withoutLake } from '../../workflows/pure/ids.ts';
import { bitcoinCell } from '../support/lake-view.ts';
import { backfillOf, endOfRun, runRequest, startRequest } from '../support/run-a-request.ts';
import { workTestLake } from '../support/test-lake.ts';
import type { TestServer } from '../support/test-server.ts';
import { until } from '../support/until.ts';
import { day, now, save, saveWhole, today } from './recording.ts';
import { bitcoinAlone } from './stories.ts';

/** A run that looks for alerts, and the workflow that tells a webhook of one. */
export async function recordAlerted(server: TestServer, market: SampleMarket): Promise<void> {
  const receiver = createServer((request, response) => {
    request.resume();
    response.end();
  }).listen(0, '127.0.0.1');
  await once(receiver, 'listening');
  const worked = await workTestLake({
    ...{ address: server.address, market, now },
    overlay: { assets: bitcoinAlone, alerts: { webhooks: [{ name: 'team', on: ['refused'] }] } },
    environment: {
      MARKETLAKE_ALERT_WEBHOOK_TEAM: `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`,
    },
  });
  const { lake } = worked;
  const lie = { op: 'set', value: 0 } as const;
  market.order({ kind: 'patch-bar', times: null, symbol: 'bitcoin', date: day(4), change: lie });
  const handle = await startRequest(lake, backfillOf({ from: day(5), to: day(4) }, { tickers: ['BTC'] }));
  await endOfRun(handle);
  market.clearFaults();
  await save(worked, 'backfill-alerted', withoutLake(lake.lake.id, handle.workflowId));
  const notify = await until(async () => {
    const query = 'WorkflowType = "notify" and ExecutionStatus = "Completed"';
    for await (const { workflowId } of lake.client.workflow.list({ query })) return workflowId;
    return undefined;
  });
  await saveWhole(worked, 'notify', notify);
  await worked.close();
  receiver.close();
}

/** A daily run that looks at published days again, and finds that a whole history was rewritten. */
export async function recordRewritten(server: TestServer, market: SampleMarket): Promise<void> {
  const before = new Date(now.getTime() - 86_400_000);
  const worked = await workTestLake({
    ...{ address: server.address, market, now: before, overlay: { assets: bitcoinAlone } },
  });
  const { lake } = worked;
  await runRequest(lake, backfillOf({ from: day(40), to: day(2) }, { tickers: ['BTC'] }));
  worked.setNow(now);
  market.order({ kind: 'rescale', symbol: 'bitcoin', before: today, factor: 0.5, times: null });
  const date = addDays(today, -1);
  await runRequest(lake, { kind: 'daily', date, isExplicit: false });
  market.clearFaults();
  const [looked] = await lake.index.rows(
    `select count(*)::integer as cells from cell_records where run = $run and look = 'history'`,
    { run: dailyId(date) },
  );
  if (Number(looked?.['cells']) < 30)
    throw new Error('the story is one of a history that is looked at again');
  await save(worked, 'daily-run-rewritten', dailyId(date));
  await save(worked, 'partition-looked', partitionId(bitcoinCell(day(2))));
  await worked.close();
}
