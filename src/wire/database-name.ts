/** mongod's limit to the length of a database's name, bytes of UTF-8. */
const longest = 63;

/** mongod's rule for names of databases: 1 to 63 bytes without a slash, backslash, dot, space, quote or NUL. */
export function isDatabaseName(name: string): boolean {
  return name !== '' && Buffer.byteLength(name) <= longest && !/[\0/\\. "]/.test(name);
}
