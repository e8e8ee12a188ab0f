import { startSampleMarket, type SampleMarket } from '../../sources/sample/server.ts';
import { seenCells, warehouseCloses } from '../../tests/support/lake-view.ts';
import { backfillOf, runRequest } from '../../tests/support/run-a-request.ts';
import { workTestLake, type WorkedLake } from '../../tests/support/test-lake.ts';
import { startTestServer } from '../../tests/support/test-server.ts';
import type { Scenario } from '../scenario.ts';

const rightNow = new Date('2026-11-20T12:00:00Z');
const dayMs = 86_400_000;
const tickers = ['BTC', 'AAPL', 'EURUSD'];
/** The newest days that are over at that instant, by any calendar. */
const lastDay = '2026-11-19';
const days = { from: '2026-11-12', to: lastDay } as const;

/** The worker's clock is a day before or behind the market's; then it is set right, and the same is asked again. */
export const wrongClock: Scenario = {
  rows: '5',
  about: 'the clock of a worker is a day wrong, in both directions, and is set right',
  play: async ({ say }) => {
    const server = await startTestServer();
    const market = await startSampleMarket();
    try {
      const undisturbed = await playClock(server.address, market, 0);
      const complaints: string[] = [];
      for (const wrongByDays of [1, -1]) {
        const { early, closes } = await playClock(server.address, market, wrongByDays);
        complaints.push(...early);
        if (closes !== undisturbed.closes)
          complaints.push(`with a clock wrong by ${wrongByDays} days the warehouse ends otherwise`);
        say(`  wrong by ${wrongByDays} days: ${early.length} cells before their time`);
      }
      return { figures: 'a day early and a day late: no day published before it was over', complaints };
    } finally {
      await market.close();
      await server.close();
    }
  },
};

async function playClock(
  address: string,
  market: SampleMarket,
  wrongByDays: number,
): Promise<{ early: string[]; closes: string }> {
  const now = new Date(rightNow.getTime() + wrongByDays * dayMs);
  const worked = await workTestLake({ address, market, now });
  try {
    market.setNow(rightNow);
    // By its own clock, and so perhaps a day that is not over.
    await runRequest(worked.lake, backfillOf({ days: 8 }, { tickers }), 'wrong');
    const early = await earlyCells(worked);
    worked.setNow(rightNow);
    const end = await runRequest(worked.lake, backfillOf(days, { tickers }), 'right');
    if (end.outcome !== 'completed') early.push(`set right, the run ended ${end.outcome}: ${end.message}`);
    return { early, closes: await closesOf(worked) };
  } finally {
    await worked.close();
  }
}

async function earlyCells({ lake }: WorkedLake): Promise<string[]> {
  const cells = await seenCells(lake);
  return cells
    .filter(({ state, date }) => state === 'published' && date > lastDay)
    .map(({ ticker, date }) => `${ticker} ${date} was published before the day was over`);
}

async function closesOf({ lake }: WorkedLake): Promise<string> {
  const closes: (readonly [string, readonly [string, number][]])[] = [];
  for (const ticker of tickers) {
    const seen = [...(await warehouseCloses(lake, ticker))];
    closes.push([ticker, seen.filter(([date]) => date >= days.from && date <= days.to)]);
  }
  return JSON.stringify(closes);
}
