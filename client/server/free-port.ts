import { createServer } from 'node:net';
import { ServerError } from './server-error.ts';

const portsTried = 200;

/** Finds the first port from `preferred` upwards on which nothing listens on 127.0.0.1. */
export async function freePort(preferred: number): Promise<number> {
  const last = Math.min(preferred + portsTried - 1, 65_535);
  for (let port = preferred; port <= last; port += 1) {
    if (await isFree(port)) return port;
  }
  throw new ServerError(
    'NoFreePort',
    `Looked for a free port on 127.0.0.1 from ${preferred} to ${last}: all are taken. End what listens there, or give another port.`,
  );
}

async function isFree(port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => {
      // EACCES: a port that only root may take is as good as taken.
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(false);
      else reject(error);
    });
    probe.listen({ host: '127.0.0.1', port, exclusive: true }, () => probe.close(() => resolve(true)));
  });
}
