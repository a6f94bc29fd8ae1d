import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const sources = fileURLToPath(new URL('.', import.meta.url));
const modules = fileURLToPath(new URL('../dist/dashboard-modules/', import.meta.url));

/** Where the build puts what the collector serves below /dashboard. */
export const output = fileURLToPath(new URL('../dist/assets/dashboard/', import.meta.url));
/** What tsc made of main.tsx. */
export const input = join(modules, 'main.js');
/** What is drawn first, for those who have signed in. */
export const firstView = join(modules, 'views/overview/overview.js');

/** Comments and the space between rules; strings of these sheets hold neither. */
function minifyCss(text) {
  return text
    .replace(/\/\*.*?\*\//gs, '')
    .replace(/\s+/g, ' ')
    .replace(/ ?([{};,]) ?/g, '$1')
    .replace(/;}/g, '}')
    .replace(/: /g, ':')
    .trim();
}

function readStyles() {
  const folder = join(sources, 'styles');
  const own = readdirSync(folder).sort();
  const plot = createRequire(import.meta.url).resolve('uplot/dist/uPlot.min.css');
  return [plot, ...own.map((name) => join(folder, name))]
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
}

/** All chunks that a chunk needs before it runs. */
function chunksOf(bundle, fileName, found = new Set()) {
  if (found.has(fileName)) return found;
  found.add(fileName);
  for (const imported of bundle[fileName].imports) chunksOf(bundle, imported, found);
  return found;
}

/** The tags of index.html: the first screen is fetched at once, without one file having to name the next. */
function tagsOf(bundle, { sheet, early }) {
  const chunks = Object.values(bundle).filter(({ type }) => type === 'chunk');
  const entry = chunks.find(({ isEntry }) => isEntry);
  const first = chunks.find(({ moduleIds }) => moduleIds.includes(firstView));
  const needed = new Set([...chunksOf(bundle, entry.fileName), ...chunksOf(bundle, first.fileName)]);
  needed.delete(entry.fileName);
  const preloads = [...needed].map((name) => `<link rel="modulepreload" href="/dashboard/${name}">`);
  return [
    `<script src="/dashboard/${early}"></script>`,
    `<link rel="stylesheet" href="/dashboard/${sheet}">`,
    `<script type="module" src="/dashboard/${entry.fileName}"></script>`,
    ...preloads,
  ].join('\n    ');
}

/**
 * What rollup does not know of the dashboard: the style sheets of `styles/` as one file, a sheet that a view imports as a
 * file that is there before the view is drawn, and the page that names all files.
 */
export function dashboard() {
  let sheet;
  let early;
  return {
    name: 'dashboard',
    buildStart() {
      rmSync(output, { recursive: true, force: true });
      this.addWatchFile(join(sources, 'index.html'));
      sheet = this.emitFile({ type: 'asset', name: 'dashboard.css', source: minifyCss(readStyles()) });
      const script = readFileSync(join(sources, 'theme/before-paint.js'), 'utf8').replace(/^\/\/.*\n/gm, '');
      early = this.emitFile({ type: 'asset', name: 'before-paint.js', source: script });
    },
    resolveId(id, importer) {
      if (!id.endsWith('.css') || !importer?.startsWith(modules)) return null;
      return join(sources, relative(modules, dirname(importer)), id);
    },
    load(id) {
      if (!id.endsWith('.css')) return null;
      const source = minifyCss(readFileSync(id, 'utf8'));
      const file = this.emitFile({ type: 'asset', name: basename(id), source });
      const loader = JSON.stringify(join(modules, 'theme/load-sheet.js'));
      const code = `import { loadSheet } from ${loader}; await loadSheet(import.meta.ROLLUP_FILE_URL_${file});`;
      return { code, moduleSideEffects: true };
    },
    generateBundle(_, bundle) {
      const names = { sheet: this.getFileName(sheet), early: this.getFileName(early) };
      const page = readFileSync(join(sources, 'index.html'), 'utf8');
      const source = page.replace('<!-- files -->', tagsOf(bundle, names));
      this.emitFile({ type: 'asset', fileName: 'index.html', source });
    },
  };
}
