import { z } from 'zod';
import { marketNumber } from './read-json.ts';

/** Digits as APIs write them; what `Number` takes besides (a blank, nothing, 0x1F, Infinity) is no price. */
const decimal = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;

/**
 * A price or an amount that an API may write as a text to keep its digits, such as `"90010.50000000"`: read as the
 * double nearest to it. Numbers and null pass as `marketNumber` has them; any other text is another shape.
 */
export const marketDecimal = z.union([
  z.string().regex(decimal, 'expected a decimal number').transform(Number),
  marketNumber,
]);
