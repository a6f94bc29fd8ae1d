/** What is sent: `event` and `data` to a webhook, the rest as an e-mail. */
export type Message = {
  /** Like alert.firing. */
  event: string;
  data: unknown;
  subject: string;
  text: string;
  html: string;
};

const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text as it may stand in HTML, also within an attribute. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (char) => entities[char] ?? char);
}
