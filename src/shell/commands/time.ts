const units: [long: string, short: string, seconds: number][] = [
  ['year', 'y', 31_557_600],
  ['month', 'mo', 2_629_800],
  ['day', 'd', 86_400],
  ['hour', 'h', 3600],
  ['minute', 'min', 60],
  ['second', 's', 1],
];

/** How long before `now` a time was, in the largest unit that gives at least 1: "3 days ago". */
export function relativeTime(time: Date, now: Date): string {
  const { count, long, future } = distance(time, now);
  const text = `${count} ${long}${count === 1 ? '' : 's'}`;
  return future ? `in ${text}` : `${text} ago`;
}

/** The same for a narrow column: "3 d". */
export function age(time: Date, now: Date): string {
  const { count, short, future } = distance(time, now);
  return `${future ? '-' : ''}${count} ${short}`;
}

function distance(time: Date, now: Date): { count: number; long: string; short: string; future: boolean } {
  const seconds = Math.round((now.valueOf() - time.valueOf()) / 1000);
  const [long, short, length] = units.find(([, , size]) => Math.abs(seconds) >= size) ?? ['second', 's', 1];
  return { count: Math.floor(Math.abs(seconds) / length), long, short, future: seconds < 0 };
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
