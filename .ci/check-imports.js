/**
 * Checks the import rules of ARCHITECTURE.md. Each rule names the files it binds and what they may not hold; imports of
 * types alone are exempt, since they leave nothing in the built code. Cycles are found by the linter.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';

const importPattern = /^(?:import|export)\s+(?!type\b)(?:[^'"`;]*?\sfrom\s+)?['"]([^'"]+)['"]/gm;

const importRules = [
  {
    files: /^sdk\/src\/(?!capture\/(web-vitals|vitals-attribution)\.ts)/,
    forbidden: /^(?!\.|@footfall\/schema\/(limits|ids|redact-name|redact-text|decide)$)/,
    why: 'the browser bundle takes limits, ids and redaction rules and decide of the schema, and nothing else at run time',
  },
  { files: /^schema\/src\//, forbidden: /^(?!\.|zod$)/, why: 'zod is the only dependency of the contract' },
  {
    files:
      /^schema\/src\/(limits|ids|redact-\w+|bucket|condition|decide|pattern|url-target|version-order)\.ts$/,
    forbidden: /^(?!\.\/(redact-|bucket|condition|pattern|url-target|version-order))/,
    why: 'goes into the browser: no imports but of what goes there too',
  },
  {
    files: /^collector\/src\//,
    forbidden: /^@footfall\/sdk/,
    why: 'SDK and collector meet in the schema alone',
  },
  {
    files: /^collector\/src\/(?!db\/)/,
    forbidden: /^pg$/,
    why: 'db/ is the only folder that knows the driver',
  },
  {
    files: /^collector\/src\/db\/(?!(database|migrate|copy-session|embedded\/(session|locks))\.ts$)/,
    forbidden: /^pg$/,
    why: 'statements run in the transactions of database.ts; the few others have sessions of their own',
  },
  {
    files: /^collector\/src\/(?!db\/|backup\/|commands\/(backup|doctor)\.ts$)/,
    forbidden: /\/db\/(copy-session|embedded\/session)\.js$/,
    why: 'a session without a role is for backup and doctor alone',
  },
  {
    files:
      /^collector\/src\/(ingest\/(enrich\/.*|validate|sanitize|clock|event-row)|sessions\/(cut|assign|aggregate|session-id|session-row|stream|join-streams))\.ts$/,
    forbidden: /^(hono|@hono|pg|node:)|\/db\//,
    why: 'pure: no database, no server, no node; clock and randomness are arguments',
  },
  {
    files: /^collector\/src\/statistics\//,
    forbidden: /^(?!\.)|^\.\.\/\.\.\/|^\.\.\/(?!distributions)[a-z]/,
    why: 'pure formulas: statistics import statistics and nothing else',
  },
  {
    files: /^collector\/src\/ingest\/(?!(collect|routes|isolate)\.ts)/,
    forbidden: /\/(validate|commit|collect)\.js$/,
    why: 'steps never import each other: collect.ts composes them, isolate.ts repeats the commit',
  },
  {
    files: /^(schema|sdk|collector)\/test\/oracle\//,
    forbidden: /^@footfall\/|\/src\//,
    why: 'an oracle shares no code with what it judges',
  },
  {
    files: /^collector\/dashboard\//,
    forbidden: /^(?!\.|preact(\/hooks)?$|uplot$)|\.\.\/src\//,
    why: 'the page knows the public API alone, preact and uPlot',
  },
  {
    files: /^(schema|sdk|collector)\/src\//,
    forbidden: /^\..*\/index\.js$/,
    why: 'index.ts is for outsiders',
  },
];

const textRules = [
  {
    files: /^collector\/src\/(?!main\.ts)/,
    forbidden: /process\.(env|exit|exitCode)\b/,
    why: 'main.ts alone hands over the environment and exits',
  },
  {
    files: /^collector\/src\/(?!commands\/|db\/embedded\/)/,
    forbidden: /Date\.now\(\)|new Date\(\)/,
    why: 'the clock is passed down from the command',
  },
  {
    files: /^collector\/src\/(?!db\/|backup\/|doctor\/)/,
    forbidden: /(?<!\b(tx|req))\.query(<[^()]*>)?\(/,
    why: 'statements run in a transaction, which is called tx',
  },
  {
    files: /^collector\/src\/(?!db\/|backup\/|doctor\/)/,
    forbidden: /set_config\([^()]*, *false\)|\bset (local )?(session\b|role\b|app\.)|\breset role/i,
    why: 'roles and sites are entered by database.ts alone: a setting of a session would be there for the next request',
  },
  {
    files: /^collector\/src\/(query\/(?!(limit-readers|query-routes)\.ts)|reports\/|realtime\/)/,
    forbidden: /\.as(Owner|Ingest)\(/,
    why: 'what reads a site does so as its reader: withSite',
  },
];

const grabBag = /^(utils?|helpers?|lib|types|interfaces|constants|common)\.ts$/;

const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '*.ts', '*.tsx'], {
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => /^((schema|sdk|collector)\/(src|test\/oracle)|collector\/dashboard)\//.test(file));
const problems = files.flatMap(checkFile);
for (const problem of problems) console.error(problem);
console.log(`${files.length} files, ${problems.length} import problems`);
process.exitCode = problems.length > 0 ? 1 : 0;

function checkFile(file) {
  const text = readFileSync(file, 'utf8');
  const imports = [...text.matchAll(importPattern)].map((match) => match[1]);
  const broken = importRules
    .filter((rule) => rule.files.test(file))
    .flatMap((rule) =>
      imports
        .filter((name) => rule.forbidden.test(name))
        .map((name) => `${file}: imports ${name}: ${rule.why}`),
    );
  const worded = textRules
    .filter((rule) => rule.files.test(file) && rule.forbidden.test(text))
    .map((rule) => `${file}: ${rule.forbidden}: ${rule.why}`);
  const named = grabBag.test(basename(file)) ? [`${file}: expected a name that says what is in it`] : [];
  return [...broken, ...worded, ...named];
}
