import { draw } from '../sources/sample/random.ts';

/** Numbers that look random and are the same for the same seed, in the order in which they are drawn. */
export interface Random {
  /** In [0, 1). */
  next(): number;
  between(lowest: number, below: number): number;
  oneOf<T>(choices: readonly T[]): T;
  shuffled<T>(values: readonly T[]): T[];
}

/** Makes the numbers of one seed and one purpose, such as a round: those of another are others. */
export function seededRandom(seed: number, purpose: number): Random {
  let drawn = 0;
  const next = (): number => draw(seed, (drawn += 1), purpose);
  return {
    next,
    between: (lowest, below) => lowest + next() * (below - lowest),
    oneOf: (choices) => {
      const chosen = choices[Math.floor(next() * choices.length)];
      if (chosen === undefined) throw new RangeError('There is nothing to choose from');
      return chosen;
    },
    shuffled: (values) =>
      values
        .map((value) => ({ value, at: next() }))
        .sort((left, right) => left.at - right.at)
        .map(({ value }) => value),
  };
}
