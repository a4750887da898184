/**
 * What scripts find in their global scope beside ECMAScript: the types and helpers of mongod 3.4's JavaScript, and the two functions
 * that pass values in and out as JSON (see encode.ts). Runs inside the sandbox.
 */
export const prelude = String.raw`
(function () {
'use strict';
const __ints = new WeakMap();
const __functions = [];

class NumberLong {
  constructor(value) { this.__value = BigInt.asIntN(64, BigInt(value === undefined ? 0 : typeof value === 'number' ? Math.trunc(value) : value)); }
  get floatApprox() { return Number(this.__value); }
  get top() { return Number(BigInt.asUintN(32, this.__value >> 32n)); }
  get bottom() { return Number(BigInt.asUintN(32, this.__value)); }
  toNumber() { return Number(this.__value); }
  valueOf() { return Number(this.__value); }
  toString() {
    const small = this.__value < 2147483648n && this.__value >= -2147483648n;
    return small ? 'NumberLong(' + this.__value + ')' : 'NumberLong("' + this.__value + '")';
  }
  compare(other) { return this.__value < other.__value ? -1 : this.__value > other.__value ? 1 : 0; }
}
class NumberInt {
  constructor(value) { this.__value = Number(value === undefined ? 0 : value) | 0; }
  toNumber() { return this.__value; }
  valueOf() { return this.__value; }
  toString() { return 'NumberInt(' + this.__value + ')'; }
}
class NumberDecimal {
  constructor(value) { this.__value = String(value === undefined ? 0 : value); }
  toString() { return 'NumberDecimal("' + this.__value + '")'; }
}
class ObjectId {
  constructor(hex) {
    if (hex === undefined) hex = Array.from({ length: 24 }, () => Math.floor(Math.random() * 16).toString(16)).join('');
    if (!/^[0-9a-fA-F]{24}$/.test(String(hex))) throw new Error('invalid object id: length');
    this.str = String(hex).toLowerCase();
  }
  getTimestamp() { return new Date(parseInt(this.str.slice(0, 8), 16) * 1000); }
  valueOf() { return this.str; }
  toString() { return 'ObjectId("' + this.str + '")'; }
  equals(other) { return this.str === other.str; }
}
class Timestamp {
  constructor(t, i) { this.t = t === undefined ? 0 : Number(t); this.i = i === undefined ? 0 : Number(i); }
  getTime() { return this.t; }
  getInc() { return this.i; }
  toString() { return 'Timestamp(' + this.t + ', ' + this.i + ')'; }
}
class BinData {
  constructor(type, text) { this.type = type; this.__base64 = text; this.len = Math.floor((text.replace(/=+$/, '').length * 3) / 4); }
  length() { return this.len; }
  subtype() { return this.type; }
  base64() { return this.__base64; }
  toString() { return 'BinData(' + this.type + ',"' + this.__base64 + '")'; }
}
class MinKey { toString() { return '{ "$minKey" : 1 }'; } }
class MaxKey { toString() { return '{ "$maxKey" : 1 }'; } }
class Code { constructor(code, scope) { this.code = code; if (scope !== undefined) this.scope = scope; } }
class DBPointer { constructor(ns, id) { this.ns = ns; this.id = id; } }
class DBRef { constructor(ref, id, db) { this.$ref = ref; this.$id = id; if (db !== undefined) this.$db = db; } }

const __callable = (type) => new Proxy(type, { apply: (target, _, list) => new target(...list) });
Object.assign(globalThis, {
  NumberLong: __callable(NumberLong), NumberInt: __callable(NumberInt), NumberDecimal: __callable(NumberDecimal),
  ObjectId: __callable(ObjectId), Timestamp: __callable(Timestamp), BinData: __callable(BinData),
  MinKey: __callable(MinKey), MaxKey: __callable(MaxKey), Code: __callable(Code), DBPointer: __callable(DBPointer), DBRef: __callable(DBRef),
  ISODate(text) {
    if (text === undefined) return new Date();
    const date = new Date(/^\d{8}$/.test(text) ? text.replace(/(\d{4})(\d\d)(\d\d)/, '$1-$2-$3') : text);
    if (isNaN(date)) throw new Error('invalid ISO date');
    return date;
  },
  print() {},
  printjson() {},
  isNumber: (x) => typeof x === 'number',
  isString: (x) => typeof x === 'string',
  isObject: (x) => typeof x === 'object',
  tojson: (x) => JSON.stringify(x),
  tojsononeline: (x) => JSON.stringify(x),
});
Array.contains = (list, x) => list.indexOf(x) >= 0;
Array.unique = (list) => list.filter((x, i) => list.indexOf(x) === i);
Array.sum = (list) => {
  if (list.length === 0) return null;
  let sum = list[0];
  for (let i = 1; i < list.length; i++) sum += list[i];
  return sum;
};
Array.avg = (list) => (list.length === 0 ? null : Array.sum(list) / list.length);
Array.stdDev = (list) => {
  const avg = Array.avg(list);
  return Math.sqrt(list.reduce((sum, x) => sum + Math.pow(x - avg, 2), 0) / list.length);
};
Array.fetchRefs = undefined;
Array.tojson = (list) => JSON.stringify(list);
Object.extend = (to, from, deep) => {
  for (const key in from) {
    const value = from[key];
    to[key] = deep && value !== null && typeof value === 'object' && (Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype)
      ? Object.extend(Array.isArray(value) ? [] : {}, value, true) : value;
  }
  return to;
};
Object.keySet = (object) => Object.keys(object);

function __define(object, key, encoded) {
  if (Array.isArray(encoded) && encoded[0] === 're' && /[^gimy]/.test(encoded[2])) {
    const flag = encoded[2].match(/[^gimy]/)[0];
    Object.defineProperty(object, key, { enumerable: true, configurable: true, get() {
      throw new Error('SyntaxError: invalid regular expression flag ' + flag);
    } });
    return;
  }
  const value = __decode(encoded);
  if (key === '__proto__') Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
  else object[key] = value;
  if (typeof encoded === 'number') {
    let ints = __ints.get(object);
    if (ints === undefined) __ints.set(object, (ints = new Set()));
    ints.add(String(key));
  }
}
function __decode(e) {
  if (!Array.isArray(e)) return e;
  switch (e[0]) {
    case 'o': { const o = {}; for (let i = 1; i < e.length; i += 2) __define(o, e[i], e[i + 1]); return o; }
    case 'a': { const a = []; for (let i = 1; i < e.length; i++) __define(a, i - 1, e[i]); return a; }
    case 'd': return Number(e[1]);
    case 'long': return new NumberLong(e[1]);
    case 'dec': return new NumberDecimal(e[1]);
    case 'oid': return new ObjectId(e[1]);
    case 'date': return new Date(e[1]);
    case 're': return new RegExp(e[1], e[2]);
    case 'bin': return new BinData(e[1], e[2]);
    case 'ts': return new Timestamp(e[1], e[2]);
    case 'code': return new Code(e[1], e.length > 2 ? __decode(e[2]) : undefined);
    case 'ptr': return new DBPointer(e[1], new ObjectId(e[2]));
    case 'min': return new MinKey();
    case 'max': return new MaxKey();
    default: return undefined;
  }
}
function __number(x) { return Number.isFinite(x) && !Object.is(x, -0) ? ['d', x] : ['d', Object.is(x, -0) ? '-0' : String(x)]; }
function __encode(x, parent, key) {
  switch (typeof x) {
    case 'number': {
      if (Number.isInteger(x) && Math.abs(x) < 2147483648 && __ints.get(parent)?.has(String(key))) return x;
      return __number(x);
    }
    case 'string': case 'boolean': return x;
    case 'bigint': return ['long', String(BigInt.asIntN(64, x))];
    case 'function': return ['code', String(x)];
    case 'object': break;
    default: return ['u'];
  }
  if (x === null) return null;
  if (Array.isArray(x)) return ['a', ...Array.from(x, (item, i) => __encode(item, x, i))];
  if (x instanceof NumberLong) return ['long', String(x.__value)];
  if (x instanceof NumberInt) return x.__value;
  if (x instanceof NumberDecimal) return ['dec', x.__value];
  if (x instanceof ObjectId) return ['oid', x.str];
  if (x instanceof Date) return ['date', x.getTime()];
  if (x instanceof RegExp) return ['re', x.source.replace(/\\\//g, '/'), x.flags];
  if (x instanceof BinData) return ['bin', x.type, x.__base64];
  if (x instanceof Timestamp) return ['ts', x.t, x.i];
  if (x instanceof Code) return x.scope === undefined ? ['code', x.code] : ['code', x.code, __encode(x.scope)];
  if (x instanceof DBPointer) return ['ptr', x.ns, x.id.str];
  if (x instanceof MinKey) return ['min'];
  if (x instanceof MaxKey) return ['max'];
  if (x instanceof Number || x instanceof String || x instanceof Boolean) return __encode(x.valueOf());
  const out = ['o'];
  for (const name of Object.keys(x)) out.push(name, __encode(x[name], x, name));
  return out;
}

/* As mongod: a function as it is, else the value of the last expression. */
globalThis.__compile = (source) => {
  const trimmed = source.replace(/^\s+/, '').replace(/[\s;]+$/, '');
  let made;
  try {
    made = (0, eval)(/^function\b/.test(trimmed) ? '(' + trimmed + ')' : '(function() { return (' + trimmed + '\n); })');
  } catch (first) {
    made = /\breturn\b/.test(trimmed)
      ? (0, eval)('(function() { ' + trimmed + '\n })')
      : (0, eval)('(function() { return eval(' + JSON.stringify(trimmed) + '); })');
    if (!/\breturn\b/.test(trimmed)) (0, eval)('(function() { ' + trimmed + '\n })');
  }
  return __functions.push(made) - 1;
};
globalThis.__setGlobals = (json) => { Object.extend(globalThis, __decode(JSON.parse(json))); };
globalThis.__where = (index, json) => {
  const document = __decode(JSON.parse(json));
  globalThis.obj = document;
  globalThis.fullObject = document;
  return Boolean(__functions[index].call(document));
};
globalThis.__call = (index, self, list) => {
  const target = self === '' ? undefined : __decode(JSON.parse(self));
  return JSON.stringify(__encode(__functions[index].apply(target, __decode(JSON.parse(list)))));
};
const __emitted = [];
globalThis.emit = (...given) => {
  if (given.length !== 2) throw new Error('fast_emit takes 2 args');
  __emitted.push(given.map(__encode));
};
globalThis.__takeEmitted = () => JSON.stringify(__emitted.splice(0));

const __groups = [];
globalThis.__group = (place, key, initial, reduce, json) => {
  let group = __groups[place];
  if (group === undefined) {
    group = __groups[place] = Object.extend({}, __decode(JSON.parse(key)));
    Object.extend(group, __decode(JSON.parse(initial)), true);
  }
  __functions[reduce](__decode(JSON.parse(json)), group);
};
globalThis.__finishGroup = (place, finalize) => {
  let group = __groups[place];
  if (finalize >= 0) {
    const result = __functions[finalize](group);
    if (result !== undefined) group = result;
  }
  return JSON.stringify(__encode(group));
};
})();
`;
