import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { findChromium } from './find-chromium.js';

/** Runs before the tests: makes sure that a browser is there, or says in one line what to install. */
if (!findChromium() && !(isDebianRoot() && install())) {
  console.error('The browser tests need Chromium: install the package `chromium`, or set CHROMIUM_PATH.');
  process.exit(1);
}

function isDebianRoot() {
  return existsSync('/etc/debian_version') && process.getuid?.() === 0;
}

function install() {
  console.log('Installing the package `chromium` for the browser tests …');
  const command = 'apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium';
  const { status, stdout, stderr } = spawnSync('sh', ['-c', command], {
    encoding: 'utf8',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (status !== 0) console.error(`${stdout}${stderr}`.trim().split('\n').slice(-5).join('\n'));
  return status === 0 && findChromium() !== undefined;
}
