// Where a test may not have hosts of its own: connections to slack.com and what is below it go to this machine's
// TAUT_PORT.  TLS, names and certificates stay as they are.
import { Socket } from 'node:net';

const connect = Socket.prototype.connect;
Socket.prototype.connect = function redirected(...args) {
  const options = Array.isArray(args[0]) ? args[0][0] : args[0];
  if (/(^|\.)slack\.com$/.test(options?.host ?? '')) Object.assign(options, { host: '127.0.0.1', port: Number(process.env.TAUT_PORT) });
  return connect.apply(this, args);
};
