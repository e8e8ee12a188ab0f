import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';

/** A word of the glossary: the meaning of every column of that name which says nothing else. */
export interface Glossary {
  /** Finds the meaning of a column by its name. */
  readonly meaningOf: (column: string) => string | undefined;
  /** All words, as they are written. */
  readonly words: readonly string[];
  /** Tells whether a word stands for this column. */
  readonly isWordOf: (word: string, column: string) => boolean;
}

const glossaryFile = z.record(z.string().regex(/^[a-z][a-z0-9_]*(N[a-z0-9_]*)?$/), z.string().min(1));

/** Reads the file of words. A capital N in one stands for any number, in the name and in the meaning. */
export function readGlossary(path: string): Glossary {
  const meanings = glossaryFile.parse(parse(readFileSync(path, 'utf8')));
  const numberIn = (word: string, column: string): string | undefined => {
    if (word === column) return '';
    return word.includes('N') ? new RegExp(`^${word.replace('N', '(\\d+)')}$`).exec(column)?.[1] : undefined;
  };
  return {
    words: Object.keys(meanings),
    isWordOf: (word, column) => numberIn(word, column) !== undefined,
    meaningOf: (column) => {
      for (const [word, meaning] of Object.entries(meanings)) {
        const number = numberIn(word, column);
        if (number !== undefined) return meaning.replaceAll(/\bN\b/g, number);
      }
      return undefined;
    },
  };
}
