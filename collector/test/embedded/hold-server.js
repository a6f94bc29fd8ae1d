// A process that holds the embedded server, to be killed or raced by embedded.test.ts.
// Usage: node hold-server.js DATA_DIR own|join; prints one JSON line; ends when its input ends.
import { openEmbedded } from '../../dist/db/embedded/open.js';

const [dataDir, mode] = process.argv.slice(2);
const print = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);

try {
  const { url, how, stop } = await openEmbedded({ dataDir, mode, log: () => {} });
  print({ url, how });
  process.stdin.resume().once('end', stop);
} catch (error) {
  print({ error: `${error.name}: ${error.message}` });
}
