/**
 * Breaks a text between its words so that no line is wider than the terminal, each line indented alike. A word that
 * is wider than that, such as an address or a path, stays whole: it is there to be copied.
 */
export function wrapped(text: string, width: number, indent = 0): string[] {
  const margin = ' '.repeat(indent + (/^ */.exec(text)?.[0].length ?? 0));
  const lines: string[] = [];
  let line = '';
  for (const word of text.trim().split(/\s+/)) {
    if (line !== '' && margin.length + line.length + 1 + word.length > width) {
      lines.push(margin + line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, margin + line];
}
