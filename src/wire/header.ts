/** Writes the 16 bytes in front of every message. */
export function writeHeader(
  target: Buffer,
  length: number,
  requestId: number,
  responseTo: number,
  opCode: number,
): void {
  target.writeInt32LE(length, 0);
  target.writeInt32LE(requestId, 4);
  target.writeInt32LE(responseTo, 8);
  target.writeInt32LE(opCode, 12);
}
