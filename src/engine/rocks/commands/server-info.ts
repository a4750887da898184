import { cpus, hostname, release, totalmem, type } from 'node:os';
import { stringOf } from '../../../bson/access.ts';
import type { DocumentBuilder } from '../../../bson/builder.ts';
import { dateValue } from '../../../bson/make.ts';
import { BsonType } from '../../../bson/types.ts';
import { CommandError } from '../../../query/errors.ts';
import { firstValue } from '../options/collection-name.ts';
import { newReply } from '../reply.ts';
import { adminOnly } from './admin-only.ts';
import type { CommandContext, Handler } from './command.ts';

const maxDocumentBytes = 16 * 1024 * 1024;

/** buildInfo: the version whose answers this engine gives; `modules` and `storageEngines` as that server has them. */
const buildInfo: Handler = ({ state }) => {
  const reply = newReply().string('version', state.version).string('gitVersion', 'mongoq');
  reply.openArray('modules').string('0', 'rocks').close();
  reply.string('allocator', 'node').string('javascriptEngine', 'none').string('sysInfo', 'deprecated');
  reply.openArray('versionArray');
  [...state.version.split('.').map(Number), 0].forEach((part, at) => reply.int(String(at), part));
  reply.close().openDocument('openssl').string('running', 'disabled').string('compiled', 'disabled').close();
  reply.openDocument('buildEnvironment').close();
  reply.int('bits', 64).bool('debug', false).int('maxBsonObjectSize', maxDocumentBytes);
  return reply.openArray('storageEngines').string('0', 'rocksdb').close();
};

const hostInfo: Handler = () => {
  const reply = newReply().openDocument('system').append('currentTime', now()).string('hostname', hostname());
  reply.int('cpuAddrSize', 64).int('memSizeMB', Math.floor(totalmem() / 2 ** 20));
  reply.int('numCores', cpus().length).string('cpuArch', process.arch).bool('numaEnabled', false).close();
  reply.openDocument('os').string('type', type()).string('name', type()).string('version', release()).close();
  return reply.openDocument('extra').close();
};

/** serverStatus: what clients show of a server; reads of the store stand under `mongoq`. */
const serverStatus: Handler = ({ state }) => {
  const uptime = (Date.now() - state.startedAt.getTime()) / 1000;
  const { counts } = state.reader;
  const reply = newReply()
    .string('host', hostname())
    .string('version', state.version)
    .string('process', 'mongoq');
  reply.long('pid', BigInt(process.pid)).double('uptime', Math.floor(uptime));
  reply
    .long('uptimeMillis', BigInt(Math.floor(uptime * 1000)))
    .long('uptimeEstimate', BigInt(Math.floor(uptime)));
  reply.append('localTime', now());
  zeros(reply, 'asserts', ['regular', 'warning', 'msg', 'user', 'rollovers']);
  zeros(reply, 'connections', ['current', 'available', 'totalCreated']);
  zeros(reply, 'network', ['bytesIn', 'bytesOut', 'numRequests']);
  zeros(reply, 'opcounters', ['insert', 'query', 'update', 'delete', 'getmore', 'command']);
  reply.openDocument('storageEngine').string('name', 'rocksdb').bool('supportsCommittedReads', false);
  reply.bool('readOnly', true).bool('persistent', true).close();
  const { rss, heapTotal } = process.memoryUsage();
  reply
    .openDocument('mem')
    .int('bits', 64)
    .int('resident', Math.floor(rss / 2 ** 20));
  reply
    .int('virtual', Math.floor((rss + heapTotal) / 2 ** 20))
    .bool('supported', true)
    .close();
  reply.openDocument('metrics').openDocument('cursor').long('timedOut', 0n).openDocument('open');
  reply
    .long('noTimeout', 0n)
    .long('pinned', 0n)
    .long('total', BigInt(state.cursors.size))
    .close()
    .close()
    .close();
  reply.openDocument('mongoq').long('requests', BigInt(counts.requests));
  return reply
    .long('bytesFetched', BigInt(counts.bytesFetched))
    .long('bytesUsed', BigInt(counts.bytesUsed))
    .close();
};

function zeros(reply: DocumentBuilder, name: string, fields: string[]): void {
  reply.openDocument(name);
  for (const field of fields) reply.int(field, 0);
  reply.close();
}

function now(): ReturnType<typeof dateValue> {
  return dateValue(BigInt(Date.now()));
}

const getLog: Handler = (context) => {
  adminOnly(context);
  const value = firstValue(context.command);
  const name = value?.type === BsonType.string ? stringOf(value) : '';
  const reply = newReply();
  if (name === '*')
    return reply.openArray('names').string('0', 'global').string('1', 'startupWarnings').close();
  if (name !== 'global' && name !== 'startupWarnings') {
    throw new CommandError(undefined, undefined, `no RamLog named: ${name}`);
  }
  return reply.int('totalLinesWritten', 0).openArray('log').close();
};

const getCmdLineOpts: Handler = (context) => {
  adminOnly(context);
  const reply = newReply().openArray('argv').string('0', 'mongoq').close().openDocument('parsed');
  return reply.openDocument('storage').string('engine', 'rocksdb').close().close();
};

const whatsmyuri: Handler = () => newReply().string('you', '127.0.0.1:0');

const ping: Handler = () => newReply();

/** currentOp: the commands of a client that asks are over when it is answered. */
const currentOp: Handler = (context: CommandContext) => {
  adminOnly(context);
  return newReply().openArray('inprog').close();
};

/** lockInfo: nothing is locked, since nothing is written. */
const lockInfo: Handler = (context) => {
  adminOnly(context);
  return newReply().openArray('lockInfo').close();
};

export const serverInfoCommands = {
  buildInfo,
  buildinfo: buildInfo,
  hostInfo,
  serverStatus,
  getLog,
  getCmdLineOpts,
  whatsmyuri,
  ping,
  currentOp,
  lockInfo,
};
