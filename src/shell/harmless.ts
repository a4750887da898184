/** Control characters, but for line ends and tabs: they could steer the terminal. */
const steering = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/g;

/** `text` with what could steer the terminal as escapes (`\\x1b`): names and values out of a backup may hold anything. */
export function harmless(text: string): string {
  return text.replace(steering, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
