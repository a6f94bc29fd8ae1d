import { expect, test } from 'vitest';
import { judgeLine } from '../../../src/imports/judge-line.js';
import { guessOwnHost } from '../../../src/imports/own-hosts.js';

function requests(path: string, referrer: string, count: number) {
  return Array.from({ length: count }, (_, number) => {
    const text = `192.0.2.1 - - [17/May/2015:10:05:03 +0000] "GET ${path} HTTP/1.1" 200 5 "${referrer}" "Mozilla/5.0"`;
    return judgeLine({ number, text }, { rule: 'default', now: Date.parse('2026-11-20') });
  });
}

test('the site is the host that most pictures, styles and scripts are asked for by', () => {
  const lines = [
    ...requests('/style.css', 'http://www.shop.example/', 2),
    ...requests('/logo.png', 'https://shop.example/about', 2),
    ...requests('/logo.png', 'http://hotlinker.example/', 3),
    ...requests('/logo.png', 'https://www.google.com/imgres?q=logo', 9),
    ...requests('/about', 'http://blog.example/', 9),
    ...requests('/app.js', '-', 9),
  ];
  expect(guessOwnHost(lines)).toBe('shop.example');
});

test('two witnesses, or no majority, name nobody', () => {
  expect(guessOwnHost(requests('/style.css', 'http://shop.example/', 2))).toBeUndefined();
  const lines = ['a', 'b', 'c'].flatMap((name) => requests('/style.css', `http://${name}.example/`, 3));
  expect(guessOwnHost(lines)).toBeUndefined();
  expect(guessOwnHost([])).toBeUndefined();
});
