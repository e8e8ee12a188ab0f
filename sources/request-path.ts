import { SourceError } from './source-error.ts';

/** Writes a symbol as one path segment, dots and slashes held in; a colon is legal there and stays readable. */
export function pathSegment(symbol: string, source: string): string {
  if (symbol === '' || symbol === '.' || symbol === '..' || /\p{Cs}/u.test(symbol)) {
    throw cannotAsk(source, `"${symbol}" is no symbol`, 'Correct the asset’s symbol in the configuration.');
  }
  return encodeURIComponent(symbol).replaceAll('%3A', ':');
}

/** Builds the error for an ask that no request can be made of. */
export function cannotAsk(source: string, found: string, advice: string): SourceError {
  return new SourceError('RequestRefused', `Building a request to ${source}: ${found}. ${advice}`);
}
