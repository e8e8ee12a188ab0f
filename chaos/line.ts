import { once } from 'node:events';
import { createConnection, createServer, type AddressInfo, type Socket } from 'node:net';

/** A line to a server that can be cut without either end hearing of it: nothing is closed, nothing comes through. */
export interface Line {
  readonly address: string;
  cut(): void;
  /** What was said meanwhile comes through late. */
  mend(): void;
  close(): Promise<void>;
}

/** Opens a line over loopback to an address. */
export async function openLine(to: string): Promise<Line> {
  const [host = '', port = ''] = to.split(':');
  const sockets = new Set<Socket>();
  const held: (() => void)[] = [];
  let isCut = false;
  const forward = (from: Socket, target: Socket): void => {
    sockets.add(from);
    const pass = (act: () => void): void => void (isCut ? held.push(act) : act());
    from.on('data', (chunk: Buffer) => pass(() => void target.write(chunk)));
    from.once('close', () => {
      sockets.delete(from);
      pass(() => void target.destroy());
    });
    // An end that dies is no error of the line.
    from.on('error', () => from.destroy());
  };
  const server = createServer((near) => {
    const far = createConnection(Number(port), host);
    forward(near, far);
    forward(far, near);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut: () => void (isCut = true),
    mend: () => {
      isCut = false;
      for (const act of held.splice(0)) act();
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
