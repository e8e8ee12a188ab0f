import { Connection } from '@temporalio/client';
import { freePort } from '../server/free-port.ts';
import type { OpenLake } from '../command/lake-client.ts';
import { ok, type Finding } from './finding.ts';

const preferred = [7233, 8233];

/** Looks at the ports that a server of ours takes first; a busy one is no harm, since it is stepped over. */
export async function checkPorts({ runtime }: OpenLake): Promise<Finding[]> {
  const ours = [runtime?.temporal.address, runtime?.temporal.uiUrl].map((place) =>
    Number(/:(\d+)\/?$/.exec(place ?? '')?.[1]),
  );
  return Promise.all(
    preferred.map(async (port) => {
      if ((await freePort(port)) === port) return ok('port', `${port} is free`);
      if (ours.includes(port)) return ok('port', `${port} is this lake's own server`);
      const who = (await isTemporal(port)) ? "a Temporal server that is not this lake's" : 'another program';
      return ok('port', `${port} is taken by ${who}; npm start steps over it`);
    }),
  );
}

async function isTemporal(port: number): Promise<boolean> {
  try {
    const connection = await Connection.connect({ address: `127.0.0.1:${port}`, connectTimeout: '1 second' });
    await connection.close();
    return true;
  } catch {
    return false;
  }
}
