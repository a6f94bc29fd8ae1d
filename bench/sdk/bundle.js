import { fileURLToPath } from 'node:url';
import resolve from '@rollup/plugin-node-resolve';
import terser from '@rollup/plugin-terser';
import { rollup } from 'rollup';

/** Bundles an entry as an application would: from the package on npm, minified. What it would load later stays out. */
export async function bundle(name) {
  const input = fileURLToPath(new URL(`entries/${name}.js`, import.meta.url));
  const build = await rollup({ input, plugins: [resolve({ browser: true })] });
  const { output } = await build.generate({
    format: 'es',
    plugins: [terser({ ecma: 2020, module: true })],
  });
  return `(()=>{${output[0].code}})()`;
}
