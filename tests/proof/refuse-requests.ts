import { Socket } from 'node:net';

/** Loaded before a command: whatever wants a connection, to anywhere, ends the process with 99. */
Socket.prototype.connect = function refuse(): never {
  process.stderr.write('somebody wanted a connection\n');
  process.exit(99);
};
