import { execFileSync } from 'node:child_process';

/** The first Python that has pymongo: Debian's package is for Debian's own Python, which need not be first on PATH. */
export function pythonWithPymongo(): string | undefined {
  return ['python3', '/usr/bin/python3'].find((python) => {
    try {
      execFileSync(python, ['-c', 'import pymongo'], { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  });
}
