/** How long before `now` a time was, in the largest unit that gives at least 1: "3 days ago". */
export function relativeTime(time: Date, now: Date): string {
  const seconds = Math.round((now.valueOf() - time.valueOf()) / 1000);
  const ago = Math.abs(seconds);
  const units: [string, number][] = [
    ['year', 31_557_600],
    ['month', 2_629_800],
    ['day', 86_400],
    ['hour', 3600],
    ['minute', 60],
  ];
  const [unit, length] = units.find(([, size]) => ago >= size) ?? ['second', 1];
  const count = Math.floor(ago / length);
  const text = `${count} ${unit}${count === 1 ? '' : 's'}`;
  return seconds >= 0 ? `${text} ago` : `in ${text}`;
}

/** Local date and time to the second, with the zone: "2017-03-01 14:30:05 +01:00". */
export function localTime(time: Date): string {
  const offset = -time.getTimezoneOffset();
  const local = new Date(time.valueOf() + offset * 60_000).toISOString();
  const zone = `${offset < 0 ? '-' : '+'}${two(Math.abs(offset) / 60)}:${two(Math.abs(offset) % 60)}`;
  return `${local.slice(0, 10)} ${local.slice(11, 19)} ${zone}`;
}

function two(value: number): string {
  return String(Math.floor(value)).padStart(2, '0');
}

/** Local date and time to the minute: "2017-03-01 14:30". */
export function localMinute(time: Date): string {
  return localTime(time).slice(0, 16);
}
