export { fromEjson } from './ejson-read.ts';
export { toEjson } from './ejson-write.ts';
