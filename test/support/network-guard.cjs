/**
 * Loaded with `--require` before a program of ours: lets it reach this machine alone. Whatever else it tries, by name or by
 * address, fails and is written to the file NETWORK_GUARD_LOG, a line each. Holds for the program's workers and children, too.
 */
'use strict';
const { appendFileSync } = require('node:fs');
const dgram = require('node:dgram');
const dns = require('node:dns');
const net = require('node:net');

const LOCAL = /^(localhost|127(\.\d+){3}|::1|::ffff:127(\.\d+){3}|0\.0\.0\.0|::|)$/;

function refuse(what) {
  const program = process.argv.slice(1, 3).join(' ');
  if (process.env.NETWORK_GUARD_LOG) appendFileSync(process.env.NETWORK_GUARD_LOG, `${what} by ${program}\n`);
  return Object.assign(new Error(`The network guard refuses ${what}`), { code: 'ENETUNREACH' });
}

const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function guarded(...args) {
  const [first, second] = Array.isArray(args[0]) ? args[0] : args;
  const options =
    typeof first === 'object' && first !== null
      ? first
      : { port: first, host: typeof second === 'string' ? second : '' };
  const local =
    options.path !== undefined || (typeof first === 'string' && !/^\d+$/.test(first)) || LOCAL.test(options.host ?? '');
  if (local) return connect.apply(this, args);
  const error = refuse(`a connection to ${options.host}:${options.port}`);
  process.nextTick(() => this.destroy(error));
  return this;
};

const lookup = dns.lookup;
dns.lookup = function guarded(name, ...rest) {
  if (LOCAL.test(name ?? '')) return lookup(name, ...rest);
  const error = refuse(`a look-up of ${name}`);
  const callback = rest.at(-1);
  process.nextTick(() => callback(error));
  return {};
};
dns.promises.lookup = async (name) => {
  throw refuse(`a look-up of ${name}`);
};

const send = dgram.Socket.prototype.send;
dgram.Socket.prototype.send = function guarded(...args) {
  const address = args.find((arg, index) => index > 0 && typeof arg === 'string');
  if (address === undefined || LOCAL.test(address)) return send.apply(this, args);
  throw refuse(`a datagram to ${address}`);
};
