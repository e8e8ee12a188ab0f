import { exitCode, type ExitCode } from '../command/exit-code.ts';

/** What one check found. */
export interface Finding {
  /** The check's name, one word. */
  readonly check: string;
  readonly verdict: 'ok' | 'warn' | 'wrong';
  readonly found: string;
  /** What to do, where something is to be done. */
  readonly fix?: string;
  /** Where a person has to look: in what they configured, or in what runs. Set-up where left out. */
  readonly blame?: 'configuration' | 'set-up';
}

/** Says that a check found nothing amiss. */
export function ok(check: string, found: string): Finding {
  return { check, verdict: 'ok', found };
}

/** The exit code for what was found: a wrong configuration comes first, since it must be mended first. */
export function exitCodeOf(findings: readonly Finding[]): ExitCode {
  const wrong = findings.filter(({ verdict }) => verdict === 'wrong');
  if (wrong.length === 0) return exitCode.good;
  return wrong.some(({ blame }) => blame === 'configuration') ? exitCode.wrongUse : exitCode.weFailed;
}

/** Lays findings out as a table whose last column is wrapped, with a closing count. */
export function findingLines(findings: readonly Finding[], width: number): string[] {
  const nameWidth = Math.max(...findings.map(({ check }) => check.length));
  const indent = ' '.repeat(nameWidth + 2 + 'wrong'.length + 2);
  const lines = findings.flatMap(({ check, verdict, found, fix }) => {
    const text = [
      ...wrapped(found, width - indent.length),
      ...(fix ? wrapped(`→ ${fix}`, width - indent.length) : []),
    ];
    return text.map((line, index) =>
      index === 0 ? `${check.padEnd(nameWidth)}  ${verdict.padEnd('wrong'.length)}  ${line}` : indent + line,
    );
  });
  const count = (verdict: Finding['verdict']): number =>
    findings.filter((each) => each.verdict === verdict).length;
  return [
    ...lines,
    '',
    `${findings.length} checks: ${count('ok')} ok, ${count('warn')} to know, ${count('wrong')} wrong`,
  ];
}

/** Breaks a text at spaces; a word that is wider than the column, such as a path, stays whole. */
function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
