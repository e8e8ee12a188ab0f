import { z } from 'zod';

const lineSchema = z.looseObject({ msg: z.string(), level: z.string().optional() });

/** What stands behind a sentence in brackets, in this order, where a line has it. */
const shown = [
  'run',
  'dataset',
  'ticker',
  'date',
  'batch',
  'step',
  'attempt',
  'code',
  'error',
  'reason',
] as const;

/** Turns a line of the log into a sentence for people; what is no such line stays as it is. */
export function sentenceOfLine(line: string): string {
  const parsed = lineSchema.safeParse(parsedOrNull(line));
  if (!parsed.success) return line.trimEnd();
  const { msg, level } = parsed.data;
  const facts = shown.flatMap((name) => {
    const value = parsed.data[name];
    return typeof value === 'string' || typeof value === 'number' ? [`${name} ${value}`] : [];
  });
  const mark = level === 'warn' || level === 'error' || level === 'fatal' ? `${level}: ` : '';
  return `${mark}${msg}${facts.length === 0 ? '' : ` (${facts.join(', ')})`}`;
}

function parsedOrNull(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
