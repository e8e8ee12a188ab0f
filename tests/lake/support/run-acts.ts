import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rm } from 'node:fs/promises';
import type { z } from 'zod';
import { parseJson } from '../../../lake/json.ts';
import type { Act, toldSchema } from './act-child.ts';

/** What was seen of a child's acts; the act during which it was killed told nothing. */
export interface ActsEnd {
  readonly told: readonly z.infer<typeof toldSchema>[];
  readonly signal: NodeJS.Signals | null;
  readonly complaint: string;
}

const script = join(import.meta.dirname, 'act-child.ts');

/** Performs acts in a process of their own, which is dead when this answers. `under` runs it below another program. */
export async function runActs(acts: readonly Act[], under: readonly string[] = []): Promise<ActsEnd> {
  const file = join(tmpdir(), `acts-${randomUUID()}.json`);
  await writeFile(file, JSON.stringify(acts));
  const [program = '', ...args] = [...under, process.execPath, '--import', 'tsx', script, file];
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const output: Buffer[] = [];
  const complaints: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => complaints.push(chunk));
  const signal = await new Promise<NodeJS.Signals | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (_code, killedBy) => resolve(killedBy));
  });
  await rm(file);
  const lines = Buffer.concat(output).toString().split('\n').filter(Boolean);
  // The child's own words, written by the schema's type.
  const told = lines.map((line) => parseJson(Buffer.from(line)) as z.infer<typeof toldSchema>);
  return { told, signal, complaint: Buffer.concat(complaints).toString() };
}
