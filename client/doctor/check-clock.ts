import { ofetch } from 'ofetch';
import type { OpenLake } from '../command/lake-client.ts';
import { ok, type Finding } from './finding.ts';

const mostOffMs = 60_000;
const answerWithinMs = 5_000;

/** Compares this machine's clock with the date that an HTTP server puts on its answer; no key is sent. */
export async function checkClock(open: OpenLake, now: () => Date): Promise<Finding> {
  const url = someUrl(open);
  if (url === undefined)
    return { check: 'clock', verdict: 'warn', found: 'nobody to compare it with', fix: 'npm start' };
  const date = await dateAt(url);
  if (date === undefined)
    return { check: 'clock', verdict: 'warn', found: `${new URL(url).host} did not tell the time` };
  const offMs = now().getTime() - date.getTime();
  const found = `${Math.round(Math.abs(offMs) / 1000)} s off ${new URL(url).host}`;
  if (Math.abs(offMs) <= mostOffMs) return ok('clock', found);
  const fix = 'set the clock (NTP): which days are final is read from it';
  return { check: 'clock', verdict: 'wrong', found, fix };
}

/** The sample market on loopback, else the first API that is in use. */
function someUrl({ settings, runtime }: OpenLake): string | undefined {
  // The market's controls, since below its APIs every request counts as one to a source.
  if (settings.market === 'sample') return runtime?.marketUrl ? `${runtime.marketUrl}/__market` : undefined;
  const names = settings.assets.map(({ sources }) => sources[0]?.dataset.split('.')[0] ?? '');
  return names.map((name) => settings.sources[name]).find((source) => source && !source.isLocal)?.baseUrl;
}

async function dateAt(url: string): Promise<Date | undefined> {
  const options = {
    method: 'HEAD',
    retry: 0,
    redirect: 'manual',
    ignoreResponseError: true,
    timeout: answerWithinMs,
  } as const;
  const header = await ofetch.raw(url, options).then(
    (response) => response.headers.get('date'),
    () => null,
  );
  return header !== null && !Number.isNaN(Date.parse(header)) ? new Date(header) : undefined;
}
