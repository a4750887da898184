/**
 * Whether tests that need `what` must be skipped, given why it is missing; says so once. Where every test has to run
 * (MONGOQ_TEST_DISALLOW_SKIP is set) throws instead.
 */
export function mustSkip(what: string, why: string | undefined): boolean {
  if (why === undefined) return false;
  if (process.env['MONGOQ_TEST_DISALLOW_SKIP']) throw new Error(`${what}: ${why}`);
  console.warn(`The tests of ${what} are skipped: ${why}`);
  return true;
}
