/**
 * JSON as Go's encoding/json writes it: compact, `& < >` and the two line separators escaped, control characters other
 * than \n \r \t as \u00xx. Object fields keep their order.
 */
export function goJson(value: GoValue): string {
  if (typeof value === 'string') return goString(value);
  if (value === null || typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return `[${value.map(goJson).join(',')}]`;
  return `{${Object.entries(value)
    .map(([name, field]) => `${goString(name)}:${goJson(field)}`)
    .join(',')}}`;
}

/** What goJson writes: no floating-point numbers, which Go spells differently. */
export type GoValue = string | number | bigint | boolean | null | GoValue[] | { [name: string]: GoValue };

const named: Record<string, string> = { '"': '\\"', '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function goString(text: string): string {
  const escaped = text.replace(/["\\\u0000-\u001f&<>\u2028\u2029]/g, (char) => {
    return named[char] ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
  return `"${escaped}"`;
}
