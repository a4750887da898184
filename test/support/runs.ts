/** Whether tests take their time: in CI, in `npm test`, and wherever MONGOQ_TEST_THOROUGH is set. */
export const thorough = Boolean(process.env['CI'] ?? process.env['MONGOQ_TEST_THOROUGH']);

/** How many runs of a property a test makes, `full` of them only where tests are to be thorough: `npm run check` is run before every commit. */
export function runs(full: number): number {
  return thorough ? full : Math.ceil(full / 5);
}
