/** Bytes in mongosh's manner: `40.00 KiB`, `512 B`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
  let unit = 0;
  let size = bytes;
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit++;
  }
  return `${bytes <= 1000 ? Math.round(size) : size.toFixed(2)} ${units[unit] ?? ''}`;
}
