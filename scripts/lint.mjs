// Checks types and lint rules with one program, so that the sources are parsed and their types found once for both.
// Both keep what they found in .cache/: of unchanged sources little is done again.
import { ESLint } from 'eslint';
import ts from 'typescript';
import { parser } from 'typescript-eslint';

function configured() {
  const host = {
    ...ts.sys,
    onUnRecoverableConfigFileDiagnostic: (diagnostic) => {
      throw new Error(ts.flattenDiagnosticMessageText(diagnostic.messageText, '\n'));
    },
  };
  return ts.getParsedCommandLineOfConfigFile('tsconfig.json', {}, host);
}

/** The program of tsconfig.json, and what `tsc --noEmit` would say of it. */
function checkTypes() {
  const { fileNames: rootNames, options, errors } = configured();
  const builder = ts.createIncrementalProgram({ rootNames, options, configFileParsingDiagnostics: errors });
  const diagnostics = [
    ...builder.getConfigFileParsingDiagnostics(),
    ...builder.getOptionsDiagnostics(),
    ...builder.getSyntacticDiagnostics(),
    ...builder.getGlobalDiagnostics(),
    ...builder.getSemanticDiagnostics(),
  ];
  diagnostics.push(...builder.emit().diagnostics);
  return { program: builder.getProgram(), diagnostics: ts.sortAndDeduplicateDiagnostics(diagnostics) };
}

/** typescript-eslint's parser on the program that is there. ESLint knows it in its cache by `meta`, not by the program. */
function parserOf(program) {
  return {
    meta: { ...parser.meta, name: 'one-program' },
    parseForESLint: (text, options) =>
      parser.parseForESLint(text, { ...options, projectService: false, programs: [program] }),
  };
}

const { program, diagnostics } = checkTypes();
const place = { getCanonicalFileName: (name) => name, getCurrentDirectory: ts.sys.getCurrentDirectory };
process.stdout.write(ts.formatDiagnostics(diagnostics, { ...place, getNewLine: () => '\n' }));
const eslint = new ESLint({
  overrideConfig: { files: ['**/*.ts', '**/*.tsx'], languageOptions: { parser: parserOf(program) } },
  cache: true,
  cacheLocation: '.cache/eslint',
});
const results = await eslint.lintFiles(['.']);
process.stdout.write(await (await eslint.loadFormatter()).format(results));
// As with --max-warnings 0.
const problems = results.reduce((sum, { errorCount, warningCount }) => sum + errorCount + warningCount, 0);
process.exitCode = problems > 0 || diagnostics.length > 0 ? 1 : 0;
