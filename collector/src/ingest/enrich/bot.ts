import { maxUserAgentChars } from '@footfall/schema/limits';
import { isbotMatch } from 'isbot';
import { detach } from './detach.js';
import { aiAgents } from './lists/ai-agents.js';
import { remember } from './remember.js';

const recall = remember<{ reason: string | null }>({ maxEntries: 10_000 });

const aiAgent = new RegExp(`(?<![\\w-])(?:${aiAgents.map(escapeToken).join('|')})(?![a-z])`, 'i');

/** Browsers under remote control and what they are driven by; most of them leave their name in the agent. */
const automationTools = `HeadlessChrome Headless PhantomJS SlimerJS CasperJS Selenium WebDriver Puppeteer Playwright Cypress
  TestCafe Nightmare HtmlUnit jsdom Chrome-Lighthouse Lighthouse PTST SpeedCurve Splash`;
const automation = new RegExp(`\\b(?:${automationTools.split(/\s+/).join('|')})\\b`, 'i');

/** Words of devices and apps in people's hands that isbot's patterns take for a crawler. */
const humanWords =
  /\bCUBOT(?![a-z])|\bGoogle (?:Nexus|Pixel)\b|\bAlipayDefined\([^)]*\)|\bHTC[ ;_-]+Radar\b/gi;

/**
 * Why a user agent is no person, or null for a person. AI agents by their published tokens, automation by the tool's
 * name, everything else by isbot (https://github.com/omrilotan/isbot).
 */
export function detectBot(userAgent: string): string | null {
  const text = userAgent.slice(0, maxUserAgentChars);
  return recall(text, () => ({ reason: findReason(detach(text)) })).reason;
}

function findReason(userAgent: string): string | null {
  const text = userAgent.trim();
  // "-" is how an access log writes an absent header.
  if (text === '' || text === '-') return 'empty user agent';
  const agent = aiAgent.exec(text)?.[0];
  if (agent) return `ai agent: ${agent.replace(/\/.*/, '')}`;
  const tool = automation.exec(text)?.[0];
  if (tool) return `automation: ${tool}`;
  const words = text.replace(humanWords, '');
  const match = isbotMatch(words);
  return match === null ? null : `isbot: ${nameOf(words, match)}`;
}

/** The product token around isbot's match, which may be as short as "bot". */
function nameOf(userAgent: string, match: string): string {
  const start = userAgent.indexOf(match);
  const before = /[\w.-]*$/.exec(userAgent.slice(0, start))?.[0] ?? '';
  const after = /^[\w.-]*/.exec(userAgent.slice(start + match.length))?.[0] ?? '';
  return `${before}${match}${after}`.trim().slice(0, 60);
}

function escapeToken(token: string): string {
  return token.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
