import type { AssetRow } from '../../warehouse/build.ts';
import { assets } from '../warehouse/tiny-lake.ts';

/** A stock in euro, read from a file. */
export const SAP: AssetRow = {
  ...assets.VIX,
  ticker: 'SAP',
  class: 'stock',
  symbol: 'sap.csv',
  currency: 'EUR',
};

/** The rate of the euro in dollars. */
export const EURUSD: AssetRow = {
  ...assets.AAPL,
  ticker: 'EURUSD',
  class: 'fx',
  calendar: 'fx',
  symbol: 'C:EURUSD',
};
