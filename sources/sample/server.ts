import { type Server, type ServerResponse, createServer } from 'node:http';
import { textAnswer } from './answer.ts';
import { answerControl, isControl } from './control.ts';
import type { Floor } from './exchange.ts';
import { createFaultBox } from './fault-box.ts';
import { createRateGate } from './keys-and-limits.ts';
import { type Listener, createListener } from './listener.ts';
import { type PlayedApi, registeredApis, sampleFolder } from './apis.ts';
import { createPriceBook } from './price-book.ts';
import { createRequestLog } from './request-log.ts';
import type { SampleMarket, SampleMarketOptions } from './sample-market.ts';
import { sendAnswer } from './wire.ts';

export type { Fault } from './faults.ts';
export type { RecordedRequest } from './request-log.ts';
export type { SampleMarket, SampleMarketOptions } from './sample-market.ts';

const realClock = (): Date => new Date();

/** Starts a market on 127.0.0.1 that answers as the APIs of `apis.ts` do, with synthetic prices. */
export async function startSampleMarket(options: SampleMarketOptions = {}): Promise<SampleMarket> {
  const seed = options.seed ?? 1;
  const startingClock = options.now ?? realClock;
  let clock = startingClock;
  const log = createRequestLog(Object.values(options.keys ?? {}).filter((key) => typeof key === 'string'));
  const faults = createFaultBox();
  const closing = new AbortController();
  const server = createServer();
  const url = await listen(server, options.port ?? 0);
  const market: SampleMarket = {
    url,
    urlOf: (source) => url + sampleFolder(source),
    setNow(now) {
      clock = now instanceof Date ? (): Date => new Date(now) : now;
    },
    order: (fault) => faults.order(fault),
    clearFaults: () => faults.clear(),
    get requests() {
      return log.list();
    },
    forgetRequests: () => log.forget(),
    close: () => stop(server, closing),
  };
  const played: readonly PlayedApi[] = [...registeredApis(), ...(options.guests ?? [])];
  const toldBaseUrlOf = (source: string): string =>
    options.toldBaseUrl ?? url + (played.find((api) => api.source === source)?.folder ?? '');
  const floor = openFloor(options, seed, toldBaseUrlOf, faults);
  const now = (): Date => clock();
  const listener = createListener({ floor, played, log, seed, now, realClock, closing: closing.signal });
  const controls = { market, seed, now, startingClock, faults: () => faults.list() };
  serve(server, (request, response) =>
    isControl(request) ? answerControl(request, response, controls) : listener(request, response),
  );
  return market;
}

function serve(server: Server, listener: Listener): void {
  server.on('request', (request, response) => {
    listener(request, response).catch((error: unknown) => fail(response, error));
  });
}

function openFloor(
  options: SampleMarketOptions,
  seed: number,
  toldBaseUrlOf: Floor['toldBaseUrlOf'],
  faults: Floor['faults'],
): Floor {
  return {
    book: createPriceBook(seed, options.coins),
    faults,
    gate: createRateGate(options.limits ?? {}, () => performance.now()),
    keys: options.keys ?? {},
    history: options.history ?? {},
    plans: options.plans ?? {},
    partlyTooOld: options.partlyTooOld ?? 'clip',
    pageSize: options.pageSize ?? null,
    toldBaseUrlOf,
  };
}

async function listen(server: Server, port: number): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('A TCP server has a port.');
  return `http://127.0.0.1:${address.port}`;
}

function fail(response: ServerResponse, error: unknown): void {
  const reason = error instanceof Error ? error.message : String(error);
  if (response.headersSent) return void response.destroy();
  sendAnswer(response, textAnswer(500, `The sample market itself failed: ${reason}`));
}

async function stop(server: Server, closing: AbortController): Promise<void> {
  closing.abort();
  if (!server.listening) return;
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
