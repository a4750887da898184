/** UTF-16 units. */
const pieceLength = 32 * 1024;

/**
 * A long text in pieces that can be written, and end, one by one: each ends with a line, or in lines that are longer neither inside of
 * a character nor of an escape sequence that colours.
 */
export function* piecesOf(text: string): Generator<string> {
  for (let at = 0; at < text.length;) {
    const most = text.slice(at, at + pieceLength);
    const piece = at + most.length < text.length ? most.slice(0, lengthOf(most)) : most;
    yield piece;
    at += piece.length;
  }
}

/** How much of `most` is a piece where the text goes on behind it. */
function lengthOf(most: string): number {
  const lines = most.lastIndexOf('\n') + 1;
  if (lines > 0) return lines;
  const escape = most.lastIndexOf('\x1b');
  if (escape > 0 && !most.includes('m', escape)) return escape;
  return /[\ud800-\udbff]$/.test(most) ? most.length - 1 : most.length;
}
