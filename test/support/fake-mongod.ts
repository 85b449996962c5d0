import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type mongoose from 'mongoose';

// As much of a `mongod` as starting one needs: its flags, its log line, and the commands that form a replica set. What it
// knows of the set it keeps in its data folder, and like a real one it is no primary while the set names another port.
// BSON as mongoose has it, without the second that loading all of mongoose takes.
const BSON = createRequire(createRequire(import.meta.url).resolve('mongoose'))('bson') as typeof mongoose.mongo.BSON;
const { values } = parseArgs({
  options: {
    dbpath: { type: 'string', default: '' }, port: { type: 'string', default: '' }, bind_ip: { type: 'string' },
    replSet: { type: 'string' },
  },
});

interface SetConfig { _id: string; version?: number; members: { _id: number; host: string }[] }
const self = `127.0.0.1:${values.port}`;
const path = join(values.dbpath, 'set.json');
const readSet = (): SetConfig | undefined => existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) as SetConfig : undefined;
const fault = (code: number, codeName: string): object => ({ ok: 0, code, codeName, errmsg: codeName });

function answer(command: Record<string, unknown>): object {
  const set = readSet();
  const config = (command['replSetInitiate'] ?? command['replSetReconfig']) as SetConfig | undefined;
  if ('hello' in command || 'ismaster' in command || 'isMaster' in command) {
    const primary = set?.members[0]?.host === self;
    return {
      ok: 1, helloOk: true, ismaster: primary, isWritablePrimary: primary, secondary: !primary, minWireVersion: 0, maxWireVersion: 21,
      ...(primary && { setName: set._id, hosts: [self], me: self, primary: self }),
    };
  }
  if ('replSetGetConfig' in command) return set === undefined ? fault(94, 'NotYetInitialized') : { ok: 1, config: set };
  if ('replSetInitiate' in command && set !== undefined) return fault(23, 'AlreadyInitialized');
  if ('replSetReconfig' in command && command['force'] !== true) return fault(10107, 'NotWritablePrimary');
  if (config !== undefined) writeFileSync(path, JSON.stringify({ ...config, version: config.version ?? 1 }));
  return { ok: 1 };
}

function reply(message: Buffer): Buffer {
  const query = message.readInt32LE(12) === 2004; // OP_QUERY, which a driver's first hello still is; all others are OP_MSG
  const document = message.subarray(query ? message.indexOf(0, 20) + 9 : 21);
  const body = BSON.serialize(answer(BSON.deserialize(document.subarray(0, document.readInt32LE(0)))));
  const head = Buffer.alloc(query ? 36 : 21);
  head.writeInt32LE(head.length + body.length, 0);
  head.writeInt32LE(message.readInt32LE(4), 8);
  head.writeInt32LE(query ? 1 : 2013, 12);
  if (query) head.writeInt32LE(1, 32);
  return Buffer.concat([head, body]);
}

createServer((socket) => {
  let pending = Buffer.alloc(0);
  socket.on('error', () => undefined);
  socket.on('data', (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk]);
    while (pending.length >= 16 && pending.length >= pending.readInt32LE(0)) {
      socket.write(reply(pending.subarray(0, pending.readInt32LE(0))));
      pending = pending.subarray(pending.readInt32LE(0));
    }
  });
}).listen(Number(values.port), '127.0.0.1', () => { console.log('{"msg":"Waiting for connections"}'); });
