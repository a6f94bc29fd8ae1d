import type { Message } from '../notifications/message.js';
import { escapeHtml } from '../notifications/message.js';
import type { Finding, Rule } from './rule.js';

type Described = {
  alert: { site: string; alertId: string; name: string; rule: Rule };
  incident: {
    incidentId: string;
    subject: string;
    finding: Finding;
    startedAt: string;
    resolvedAt?: string;
  };
  state: 'firing' | 'resolved' | 'test';
};

/** What is sent of an incident: JSON for a webhook, text and HTML for an e-mail. */
export function describeIncident({ alert, incident, state }: Described): Message {
  const { site, alertId, name, rule } = alert;
  const { incidentId, subject, finding, startedAt, resolvedAt = null } = incident;
  const lines = [
    finding.summary,
    `rule: ${name} (${rule.kind})`,
    `site: ${site}`,
    `since: ${startedAt}`,
    ...(resolvedAt === null ? [] : [`resolved: ${resolvedAt}`]),
  ];
  return {
    event: `alert.${state}`,
    data: {
      state,
      site,
      alert: { id: alertId, name, rule },
      incident: { id: incidentId, subject, startedAt, resolvedAt, ...finding },
    },
    subject: `[${state}] ${name}: ${site}`,
    text: lines.join('\n'),
    html: lines.map((line) => `<p>${escapeHtml(line)}</p>`).join('\n'),
  };
}
