import { once } from 'node:events';
import { createConnection, createServer, type AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { openLine } from '../../chaos/line.ts';

it('a line that is cut closes nothing and lets nothing through, and delivers it all once it is mended', async () => {
  const echo = createServer((socket) => socket.pipe(socket));
  echo.listen(0, '127.0.0.1');
  await once(echo, 'listening');
  const line = await openLine(`127.0.0.1:${(echo.address() as AddressInfo).port}`);
  const socket = createConnection(Number(line.address.split(':').at(-1)), '127.0.0.1');
  let heard = '';
  socket.on('data', (chunk: Buffer) => (heard += chunk.toString()));
  const untilHeard = async (text: string): Promise<void> => {
    while (heard !== text) await once(socket, 'data');
  };
  socket.write('one ');
  await untilHeard('one ');
  line.cut();
  socket.write('two ');
  // As long as this takes, what was said would have come back over loopback many times.
  await pause(50);
  expect([heard, socket.destroyed]).toEqual(['one ', false]);
  line.mend();
  socket.write('three');
  await untilHeard('one two three');
  socket.destroy();
  await line.close();
  echo.close();
});
