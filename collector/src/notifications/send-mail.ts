import { createTransport } from 'nodemailer';
import type { Message } from './message.js';

export type MailSettings = {
  /** smtp://user:password@host:port or smtps://…; absent: no e-mail is sent. */
  smtpUrl?: string | undefined;
  /** The sender. */
  mailFrom?: string | undefined;
};

const connectMs = 5_000;
const silenceMs = 10_000;

/**
 * Sends one message to one recipient.
 *
 * @throws Error of the connection, or what the server refused
 */
export async function sendMail(
  { smtpUrl, mailFrom }: MailSettings,
  { id, to, message }: { id: string; to: string; message: Pick<Message, 'subject' | 'text' | 'html'> },
): Promise<void> {
  if (smtpUrl === undefined) throw new Error('FOOTFALL_SMTP_URL is not set');
  const { hostname } = new URL(smtpUrl);
  const transport = createTransport({
    url: smtpUrl,
    connectionTimeout: connectMs,
    greetingTimeout: connectMs,
    socketTimeout: silenceMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  try {
    await transport.sendMail({
      from: mailFrom ?? `Footfall <footfall@${hostname}>`,
      to: { name: '', address: to },
      subject: message.subject,
      text: message.text,
      html: message.html,
      // Whoever gets a retry whose first answer was lost can tell that it is the same.
      messageId: `<${id}@${hostname}>`,
      headers: { 'auto-submitted': 'auto-generated' },
    });
  } finally {
    transport.close();
  }
}
