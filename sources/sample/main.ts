import { parseArgs } from 'node:util';
import { z } from 'zod';
import { sampleSources } from './apis.ts';
import { startSampleMarket } from './server.ts';

const usage = `Runs the sample market on 127.0.0.1: synthetic prices in the shapes of real APIs
(${sampleSources.join(', ')}).

  npx tsx sources/sample/main.ts [--port 8123] [--seed 1] [--now 2026-11-20T12:00:00Z] [--page-size 50]
                                 [--coins 300] [--all-history]

  --port         default: any free one
  --seed         which random market; default 1
  --now          a clock that stands still; default: the real one
  --page-size    the most bars on a page of an API that pages ranges
  --coins        how many coins are listed; default 300
  --all-history  no API has an edge: everything since 2015-01-01
`;

const flagsSchema = z.object({
  port: z.coerce.number().int().min(0).max(65_535).default(0),
  seed: z.coerce.number().int().default(1),
  now: z.iso.datetime({ offset: true }).optional(),
  'page-size': z.coerce.number().int().positive().optional(),
  coins: z.coerce.number().int().positive().max(10_000).optional(),
  'all-history': z.boolean().default(false),
  help: z.boolean().default(false),
});

/** Reads the flags; ends the process with 2 and the usage where they are wrong. */
function readFlags(): z.output<typeof flagsSchema> {
  try {
    const text = { type: 'string' } as const;
    const flag = { type: 'boolean' } as const;
    const options = { port: text, seed: text, now: text, 'page-size': text, coins: text } as const;
    const { values } = parseArgs({ options: { ...options, 'all-history': flag, help: flag } });
    return flagsSchema.parse(values);
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    process.stderr.write(`${reason}\n\n${usage}`);
    process.exit(2);
  }
}

const flags = readFlags();
if (flags.help) {
  process.stdout.write(usage);
  process.exit(0);
}
const { now, coins, 'page-size': pageSize } = flags;
const endless = Object.fromEntries(sampleSources.map((source) => [source, null]));
const market = await startSampleMarket({
  port: flags.port,
  seed: flags.seed,
  ...(now === undefined ? {} : { now: () => new Date(now) }),
  ...(pageSize === undefined ? {} : { pageSize }),
  ...(coins === undefined ? {} : { coins }),
  ...(flags['all-history'] ? { history: endless } : {}),
});
process.stdout.write(
  `Sample market (synthetic prices, seed ${flags.seed}) at ${market.url}\n` +
    sampleSources.map((source) => `  ${source.toUpperCase()}_BASE_URL=${market.urlOf(source)}\n`).join('') +
    `  controls: ${market.url}/__market\n`,
);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void market.close());
