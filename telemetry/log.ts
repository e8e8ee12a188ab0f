import { pino, type Logger } from 'pino';
import type { TelemetrySettings } from './telemetry-settings.ts';
import type { Hide } from './hiding.ts';
import { sentenceOfLine } from './log-sentence.ts';

/** What a line is about, beside its sentence. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Where a process writes what happens to it. */
export type Log = Logger;

/**
 * Opens the log: one JSON object a line, or a sentence a line for a person at a terminal. It is written at once, so that a
 * process that dies has said its last words; and every line passes `hide`.
 */
export function openLog(
  { level, format }: TelemetrySettings['log'],
  hide: Hide,
  out: Pick<NodeJS.WriteStream, 'write' | 'isTTY'> = process.stdout,
): Log {
  const isText = format === 'text' || (format === 'auto' && out.isTTY);
  return pino(
    {
      level,
      base: { service: 'marketlake-worker', pid: process.pid },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    {
      write: (line) => {
        const told = hide(line);
        out.write(isText ? `${sentenceOfLine(told)}\n` : told);
      },
    },
  );
}
