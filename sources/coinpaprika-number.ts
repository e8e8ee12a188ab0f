import { z } from 'zod';
import { marketNumber } from './read-json.ts';

/** A number as CoinPaprika gives it; what it does not know is null or an empty text. */
export const paprikaNumber = z.union([marketNumber, z.literal('').transform(() => null)]);
