import { wrongShape } from './read-json.ts';
import { withoutKeyParameters } from './secrets.ts';
import type { PageRequest } from './source.ts';

/**
 * Takes path and query of a `next_url`, nothing else: scheme, host and user are the configured ones, so that a key
 * never follows a foreign address. Whatever stands before the API's prefix is the base URL's own path.
 * @throws SourceError `WrongShape` where it does not lead to the same API.
 */
export function nextTargetOf(
  nextUrl: string,
  body: Uint8Array,
  apiPrefix = '/v2/aggs/',
  what = 'a page of massive daily_bars',
): PageRequest['target'] {
  const pathAndQuery = nextUrl.replace(/^(?:[a-z][a-z\d+.-]*:)?\/\/[^/?#]*/i, '');
  const url = pathAndQuery.startsWith('/') ? new URL(`http://configured${pathAndQuery}`) : undefined;
  const at = url?.pathname.indexOf(apiPrefix) ?? -1;
  if (url === undefined || at < 0) {
    throw wrongShape(what, `its next_url does not lead to ${apiPrefix}`, body);
  }
  return withoutKeyParameters(`${url.pathname.slice(at)}${url.search}`);
}
