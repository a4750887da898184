import { help, parseOptions, version } from './options.ts';

const argv = process.argv.slice(2);
if (argv.includes('--version')) console.log(version);
else if (argv.includes('--help')) console.log(help);
else await run();

/** The server is loaded only when it is wanted: questions to the binary are asked often. */
async function run(): Promise<void> {
  const { serve, log } = await import('./serve.ts');
  const { StartFailure } = await import('./data-directory.ts');
  try {
    await serve(parseOptions(argv));
  } catch (error) {
    log(error instanceof Error ? error.message : String(error));
    process.exit(error instanceof StartFailure ? error.exitCode : 2);
  }
}
