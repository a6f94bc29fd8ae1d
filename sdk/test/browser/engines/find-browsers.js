import { existsSync, readdirSync } from 'node:fs';

const libraries = '/usr/lib';

/**
 * The path of an installed Firefox, or undefined.
 *
 * @returns {string | undefined}
 */
export function findFirefox() {
  return firstOf([process.env.FIREFOX_PATH, '/usr/bin/firefox-esr', '/usr/bin/firefox']);
}

/**
 * The path of WebKitGTK's driver, or undefined.
 *
 * @returns {string | undefined}
 */
export function findWebKitDriver() {
  return firstOf([process.env.WEBKIT_DRIVER_PATH, '/usr/bin/WebKitWebDriver']);
}

/**
 * The path of the browser that the driver starts, or undefined. Debian keeps it in the folder of the library, which is
 * named after architecture and version of the API.
 *
 * @returns {string | undefined}
 */
export function findMiniBrowser() {
  const folders = existsSync(libraries) ? readdirSync(libraries) : [];
  const versions = ['webkitgtk-6.0', 'webkit2gtk-4.1', 'webkit2gtk-4.0'];
  return firstOf([
    process.env.MINIBROWSER_PATH,
    ...folders.flatMap((folder) =>
      versions.map((version) => `${libraries}/${folder}/${version}/MiniBrowser`),
    ),
  ]);
}

/**
 * The path of the X server without a screen, or undefined.
 *
 * @returns {string | undefined}
 */
export function findXvfb() {
  return firstOf([process.env.XVFB_PATH, '/usr/bin/Xvfb']);
}

/** @param {(string | undefined)[]} paths */
function firstOf(paths) {
  return paths.find((path) => path && existsSync(path));
}
