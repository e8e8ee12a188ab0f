/** Writes a table; a bar or a line break in a cell would end it. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|').replaceAll('\n', ' ')).join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
}

/** Writes a name as code. */
export function code(text: string): string {
  return `\`${text}\``;
}

/** Writes a link to a file of the repository, seen from docs/models. */
export function fileLink(file: string): string {
  return `[${file}](../../${file})`;
}

/** The line that tells people not to edit a page. */
export const generated =
  '<!-- Written by warehouse/dictionary/write.ts from the SQL files, the contracts and sql/columns.yaml. Change those. -->';

/** Joins the parts of a page with an empty line between them. */
export function page(...parts: readonly (string | undefined)[]): string {
  return `${[generated, ...parts.filter((part) => part !== undefined && part !== '')].join('\n\n')}\n`;
}
