import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An API that repeats the key it was given wherever an answer can carry one. */
export interface MeanApi {
  readonly url: string;
  /** What was asked of it, with the headers. */
  readonly requests: readonly { readonly path: string; readonly key: string }[];
  close(): Promise<void>;
}

/**
 * Starts it on loopback before a massive API that answers well. MSFT: a refusal with the headers in its body; GOOGL: a
 * redirect with the key in its address; SPY: a web page with the key; AAPL: good bars whose next page's address has the key.
 */
export async function startMeanApi(upstream: string): Promise<MeanApi> {
  const requests: { path: string; key: string }[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    const key = request.headers.authorization?.replace(/^Bearer /, '') ?? '';
    requests.push({ path, key });
    const send = (status: number, body: string, headers: Record<string, string> = {}): void =>
      void response.writeHead(status, headers).end(body);
    if (path.includes('MSFT')) {
      return send(
        403,
        JSON.stringify({ status: 'ERROR', error: `unknown key ${key}`, sent: request.headers }),
      );
    }
    if (path.includes('GOOGL')) return send(302, '', { location: `http://127.0.0.1:9/?apiKey=${key}` });
    if (path.includes('SPY')) return send(200, `<html>Hello ${key}</html>`, { 'content-type': 'text/html' });
    if (path.includes('cursor=')) {
      return send(
        200,
        JSON.stringify({ ticker: 'AAPL', status: 'OK', queryCount: 0, resultsCount: 0, results: [] }),
      );
    }
    void (async () => {
      const answer = await fetch(upstream + path, { headers: { authorization: `Bearer ${key}` } });
      const page = (await answer.json()) as object;
      const next = `http://127.0.0.1:9${path.split('?')[0] ?? ''}?cursor=more&apiKey=${key}`;
      send(answer.status, JSON.stringify({ ...page, next_url: next }));
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
