/**
 * A process that does the acts in its one argument, one after the other, and may be stopped before any file call
 * of each. It tells, a line an act, whether the act was answered and which calls it made.
 */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { packOldFiles } from '../../../lake/archive/retain.ts';
import { sealBatch } from '../../../lake/batches.ts';
import { LakeIndex } from '../../../lake/lake-index.ts';
import { LakeError } from '../../../lake/lake-error.ts';
import { LocalStore } from '../../../lake/local-store.ts';
import { recover } from '../../../lake/recover.ts';
import { cellFile, publishFile, publishMonthFiles, sealFacts, stockCell } from './acts.ts';
import { CallCounter, counted, watchFileCalls } from './file-calls.ts';

const actSchema = z.object({
  act: z.enum(['publish', 'publish-many', 'seal', 'recover', 'pack']),
  root: z.string(),
  /** The ticker of the cell, or the id of the batch. */
  name: z.string().default('A'),
  close: z.number().default(1),
  attempt: z.string().default('run-1.write.1'),
  stopBefore: z.number().default(Number.MAX_SAFE_INTEGER),
  how: z.enum(['kill', 'halt', 'fail']).default('halt'),
  errno: z.string().default('EIO'),
});

/** One act of a child process. */
export type Act = z.input<typeof actSchema>;

/** What a child tells of one act. */
export const toldSchema = z.object({
  ended: z.enum(['answered', 'stopped', 'refused']),
  /** Of an act that was refused: the code of its error. */
  code: z.string().optional(),
  calls: z.array(z.object({ name: z.string(), path: z.string() })),
});

async function perform({ act, root, name, close, attempt }: z.output<typeof actSchema>): Promise<unknown> {
  const store = new LocalStore(root);
  switch (act) {
    case 'publish': {
      const cell = stockCell(name);
      return publishFile(store, cell, attempt, cellFile(cell, close));
    }
    case 'publish-many':
      return publishMonthFiles(store, name, attempt, close);
    case 'seal':
      return sealBatch(store, 'massive', { ...sealFacts, batchId: name }, 2);
    case 'pack':
      return packOldFiles(store, { now: new Date('2027-01-01T00:00:00Z'), olderThanDays: 1 });
    case 'recover':
      return recover(store, new LakeIndex(store), {
        isOpen: async () => false,
        restore: async () => false,
        now: () => new Date(),
      });
  }
}

const acts = z.array(actSchema).parse(JSON.parse(await readFile(process.argv[2] ?? '', 'utf8')));
watchFileCalls();
for (const act of acts) {
  const counter = new CallCounter(act.stopBefore, act.how, act.errno);
  const told = await counted(counter, () => perform(act)).then(
    (end): z.infer<typeof toldSchema> => ({
      ended: end === 'stopped' ? 'stopped' : 'answered',
      calls: counter.calls,
    }),
    (error: unknown): z.infer<typeof toldSchema> => {
      if (act.how !== 'fail' || !(error instanceof LakeError)) throw error;
      return { ended: 'refused', code: error.code, calls: counter.calls };
    },
  );
  process.stdout.write(`${JSON.stringify(told)}\n`);
}
process.exit(0);
