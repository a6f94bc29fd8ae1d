// Runs `footfall start --demo dist` on a port of its own, so that it works beside `npm start` in the root.
// In this process, not in a child: a Ctrl-C in the terminal must reach the collector once.
process.env.PORT ??= '8788';
process.argv.splice(2, process.argv.length, 'start', '--demo', 'dist');

await import('@footfall/collector/bin/footfall.js');
