import type { IncomingMessage, ServerResponse } from 'node:http';
import { z } from 'zod';
import { sampleSources } from './apis.ts';
import { faultSchema } from './faults.ts';
import { syntheticHeader } from './wire.ts';
import type { SampleMarket } from './sample-market.ts';

const controlFolder = '/__market';

const faultsSchema = z.union([z.array(faultSchema), faultSchema.transform((fault) => [fault])]);
const clockSchema = z.strictObject({ now: z.iso.datetime({ offset: true }).nullable() });
const mostBytes = 1_000_000;

/** What the controls reach: the market's own interface, and what only they show. */
export interface Controls {
  readonly market: SampleMarket;
  readonly seed: number;
  readonly now: () => Date;
  readonly startingClock: () => Date;
  readonly faults: () => unknown;
}

function pathOf(request: IncomingMessage): string {
  return (request.url ?? '').split('?')[0] ?? '';
}

/** Tells whether a request is for the controls and not for an API. */
export function isControl(request: IncomingMessage): boolean {
  return pathOf(request) === controlFolder || pathOf(request).startsWith(`${controlFolder}/`);
}

/** Answers one request to the controls: what the market's own methods do, for who sits in another process. */
export async function answerControl(
  request: IncomingMessage,
  response: ServerResponse,
  controls: Controls,
): Promise<void> {
  const [status, json] = await runControl(request, controls);
  const text = status === 204 ? '' : JSON.stringify(json);
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...syntheticHeader });
  response.end(text);
}

async function runControl(request: IncomingMessage, controls: Controls): Promise<[number, unknown?]> {
  const { market } = controls;
  const path = pathOf(request);
  switch (`${request.method} ${path}`) {
    case `GET ${controlFolder}`:
      return [200, describe(controls)];
    case `GET ${controlFolder}/requests`:
      return [200, market.requests];
    case `DELETE ${controlFolder}/requests`:
      market.forgetRequests();
      return [204];
    case `GET ${controlFolder}/faults`:
      return [200, controls.faults()];
    case `DELETE ${controlFolder}/faults`:
      market.clearFaults();
      return [204];
    case `POST ${controlFolder}/faults`:
      return withBody(request, faultsSchema, (faults) => {
        faults.forEach((fault) => market.order(fault));
        return { ordered: faults.length };
      });
    case `POST ${controlFolder}/clock`:
      return withBody(request, clockSchema, ({ now }) => {
        market.setNow(now === null ? controls.startingClock : new Date(now));
        return describe(controls);
      });
    default:
      return [404, { error: `The sample market has no control ${request.method} ${path}.` }];
  }
}

function describe({ market, seed, now }: Controls): Record<string, unknown> {
  const apis = Object.fromEntries(sampleSources.map((source) => [source, market.urlOf(source)]));
  const data = 'synthetic data: a seeded random market, no real prices';
  return { name: 'marketlake sample market', synthetic: true, data, seed, now: now(), apis };
}

/** Reads a body by its schema and runs the control; says what is wrong where it cannot be read. */
async function withBody<Schema extends z.ZodType>(
  request: IncomingMessage,
  schema: Schema,
  run: (body: z.output<Schema>) => unknown,
): Promise<[number, unknown]> {
  const text = await readText(request);
  const parsed = text === undefined ? undefined : schema.safeParse(parseJson(text));
  if (parsed === undefined) return [413, { error: `The body is larger than ${mostBytes} bytes.` }];
  return parsed.success ? [200, run(parsed.data)] : [400, { error: z.prettifyError(parsed.error) }];
}

async function readText(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= mostBytes) chunks.push(chunk);
  }
  return size > mostBytes ? undefined : Buffer.concat(chunks).toString('utf8');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
