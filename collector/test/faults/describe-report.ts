import type { Report } from './chaos.js';

/** One line a fault, with how often it really bit, and the verdict. */
export function describeReport(report: Report): string {
  const { answers, kinds } = report;
  const seconds = report.terminationSeconds.map((one) => one.toFixed(1)).join(', ');
  const killed = report.commitKills + report.randomKills + report.postgresKills;
  return [
    `collector killed between COMMIT and answer   ${report.commitKills}, events left unacknowledged ${report.commitKillsThatBit} times`,
    `collector killed at random                   ${report.randomKills}, with requests under way ${report.randomKillsThatBit} times`,
    `PostgreSQL killed, connections broken        ${report.postgresKills}`,
    `kills in all                                 ${killed}`,
    `SIGTERM under load                           ${report.terminationSeconds.length}, exit codes ${[...new Set(report.exitCodes)]}, seconds ${seconds}`,
    `outages                                      ${report.outageSeconds.join(', ')} s, events spooled ${report.spooledInOutages}`,
    `answers reset halfway                        ${report.resetAnswers}`,
    `requests without an answer, refused          ${answers.failed}, ${answers.refused}`,
    `batches replayed by their client             ${kinds.replayed}`,
    `batches of wrong clocks, offline, cookieless ${kinds.oddClock}, ${kinds.offline}, ${kinds.cookieless}`,
    `answered accepted, duplicate, rejected       ${answers.accepted}, ${answers.duplicate}, ${answers.rejected}`,
    `events acknowledged, stored                  ${report.acknowledged}, ${report.stored}`,
    `lost, stored twice, never sent               ${report.lost}, ${report.twice}, ${report.unknown}`,
    `sessions, wrong                              ${report.sessions}, ${report.wrongSessions.length}`,
    `rollup rows that are wrong                   ${report.wrongRollups.length}`,
  ].join('\n');
}
