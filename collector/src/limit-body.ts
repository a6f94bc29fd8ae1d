import { bodyLimit } from 'hono/body-limit';
import { Refusal } from './refusal.js';

const maxBodyBytes = 256 * 1024;

/** Refuses a longer body before it is in memory: 413. */
export const smallBody = bodyLimit({
  maxSize: maxBodyBytes,
  onError(c) {
    c.header('connection', 'close'); // the rest of the body is not read
    throw new Refusal(413, 'too_large', `body: expected at most ${maxBodyBytes} bytes`, { path: 'body' });
  },
});
