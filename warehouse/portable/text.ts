import type { Complaint } from './tree.ts';

/**
 * Blanks comments and what stands in quotes out of a SQL text. One character of the result is one byte of the
 * text, as the parser counts places.
 */
export function codeOf(text: string): string {
  const blanked = text.replace(/--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|"(?:[^"]|"")*"/g, (found) => {
    const quote = /^['"]/.exec(found)?.[0] ?? ' ';
    return `${quote}${' '.repeat(Buffer.byteLength(found, 'utf8') - 2)}${quote}`;
  });
  return Buffer.from(blanked, 'utf8').toString('latin1');
}

const rules: readonly (Complaint & { readonly pattern: RegExp })[] = [
  {
    pattern: /"[^"]*"/g,
    found: 'a quoted name, which Spark reads as a text',
    instead: 'write a name that needs no quotes',
  },
  {
    pattern: /,(?=\s*(?:from\b|where\b|\)))/gi,
    found: 'a comma after the last column',
    instead: 'leave it out',
  },
  {
    pattern: /\be'|\$\w*\$/gi,
    found: 'a text with escapes or dollars around it',
    instead: "write it in plain quotes, ' doubled",
  },
  { pattern: /==/g, found: '==', instead: 'write =' },
];

/** Finds what the parser accepts and no longer shows in its tree. */
export function textFindings(code: string): (Complaint & { readonly byte: number })[] {
  return rules.flatMap(({ pattern, found, instead }) =>
    [...code.matchAll(pattern)].map((match) => ({ byte: match.index, found, instead })),
  );
}
