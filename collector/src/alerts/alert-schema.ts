import { z } from 'zod';
import { explainBadUrl } from '../notifications/find-destination.js';
import { ruleSchema } from './rule.js';

const maxEmails = 20;
const maxUrlChars = 2_000;
const maxCooldownMinutes = 43_200;

/** One line of text: it becomes the subject of an e-mail. */
const name = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .regex(/^[^\p{Cc}]*$/u, { error: 'expected one line of text' });

/** Who gets e-mails. */
export const emailsSchema = z.array(z.email({ error: 'expected an e-mail address' }).max(254)).max(maxEmails);

const webhook = z.strictObject({
  url: z
    .string()
    .max(maxUrlChars)
    .check((context) => {
      const message = explainBadUrl(context.value);
      if (message !== undefined) context.issues.push({ code: 'custom', message, input: context.value });
    }),
  /** Makes a new secret, which the answer holds. */
  rotateSecret: z.boolean().default(false),
});

/** What is given to create or replace an alert. */
export const alertSchema = z.strictObject({
  name,
  rule: ruleSchema,
  /** After an incident was resolved, how long none is opened for the same subject. */
  cooldownMinutes: z.int().min(0).max(maxCooldownMinutes).default(60),
  enabled: z.boolean().default(true),
  webhook: webhook.nullable().default(null),
  emails: emailsSchema.default([]),
});

export type AlertInput = z.infer<typeof alertSchema>;
