import { linkNames, type Link } from '../../proof/prove/link.ts';

const width = Math.max(...linkNames.map((name) => name.length)) + 2;

/** Says one link: a mark, its name, and what was found, the further lines below the first. */
export function linesOfLink({ name, isSound, lines }: Link): string[] {
  const head = `${isSound ? '✓' : '✗'} ${name.padEnd(width)}`;
  return lines.map((line, index) => `${index === 0 ? head : ' '.repeat(width + 2)}${line}`);
}
