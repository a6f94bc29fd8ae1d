import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { findFirefox, findMiniBrowser, findWebKitDriver, findXvfb } from './engines/find-browsers.js';
import { findChromium } from './find-chromium.js';

/** Runs before the tests: makes sure that the browsers are there, or says in a line each what to install. */
const requirements = [
  { what: 'Chromium', aptPackage: 'chromium', variable: 'CHROMIUM_PATH', find: findChromium },
  { what: 'Firefox', aptPackage: 'firefox-esr', variable: 'FIREFOX_PATH', find: findFirefox },
  {
    what: "WebKitGTK's driver",
    aptPackage: 'webkit2gtk-driver',
    variable: 'WEBKIT_DRIVER_PATH',
    find: findWebKitDriver,
  },
  {
    what: "WebKitGTK's MiniBrowser",
    aptPackage: 'webkit2gtk-driver',
    variable: 'MINIBROWSER_PATH',
    find: findMiniBrowser,
  },
  { what: 'Xvfb', aptPackage: 'xvfb', variable: 'XVFB_PATH', find: findXvfb },
];

const missing = () => requirements.filter(({ find }) => !find());

if (missing().length > 0 && isDebianRoot()) install(missing());
for (const { what, aptPackage, variable } of missing())
  console.error(
    `The browser tests need ${what}: install Debian's package \`${aptPackage}\`, or set ${variable} to its path.`,
  );
process.exitCode = missing().length > 0 ? 1 : 0;

function isDebianRoot() {
  return existsSync('/etc/debian_version') && process.getuid?.() === 0;
}

/** A failure shows in what is missing afterwards; its reason is printed. */
function install(needed) {
  const packages = [...new Set(needed.map(({ aptPackage }) => aptPackage))].join(' ');
  console.log(`Installing for the browser tests: ${packages} …`);
  const command = `apt-get update -qq && apt-get install -y -qq --no-install-recommends ${packages}`;
  const { status, stdout, stderr } = spawnSync('sh', ['-c', command], {
    encoding: 'utf8',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (status !== 0) console.error(`${stdout}${stderr}`.trim().split('\n').slice(-5).join('\n'));
}
