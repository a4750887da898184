import { execa } from 'execa';

/** Compiles the program once before the tests that run it as a user would. */
export default async function build(): Promise<void> {
  await execa('npm', ['run', 'build', '--silent'], { stdio: 'inherit' });
}
