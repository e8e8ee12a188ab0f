import { z } from 'zod';
import { writeReport } from './write-report.ts';

/** Writes the report that is asked for, as JSON, on the command line, and ends. */
const requestSchema = z.object({
  warehousePath: z.string(),
  outFolder: z.string(),
  market: z.enum(['sample', 'live']),
  now: z.coerce.date(),
  uiUrl: z.string().nullable(),
  namespace: z.string(),
  lakeId: z.string(),
  running: z.array(z.string()).nullable(),
});
await writeReport(requestSchema.parse(JSON.parse(process.argv[2] ?? 'null')));
