// What the linter of limits.conf can say: codes, and how a finding becomes a sentence.

/** `error`: not what it looks like, and skipped. `warning`: it works, with a surprise. `ignored`: it is read and changes nothing. */
export type LimitsConfLevel = 'rule' | 'ignored' | 'comment' | 'warning' | 'error';

/** Each code with the names of its params. Its sentence stands under `limitsconf.<code>`. */
export const limitsConfCodes = {
  blank: [],
  comment: [],
  rule: ['domain', 'whom', 'type', 'item', 'value', 'unit'],
  'rule-session': ['domain', 'whom', 'item', 'value'],
  'no-limits': ['domain', 'whom'],
  'no-limits-nobody': ['domain'],
  'not-a-comment': ['mark'],
  'invalid-line': ['fields'],
  'invisible-character': ['code'],
  'invalid-range': ['domain'],
  'unknown-item': ['item', 'meant'],
  'unknown-type': ['type'],
  'wrong-value': ['value', 'item'],
  'percent-only-maxlogins': ['domain', 'item'],
  'percent-range': ['domain'],
  'rss-ignored': [],
  'locks-ignored': [],
  overridden: ['by'],
  'live-in-comment': ['domain', 'whom', 'item', 'value'],
  'wildcard-not-root': [],
  'group-not-root': ['domain'],
  'range-is-exact': ['uid'],
  'domain-case': ['domain'],
  'value-cut': ['value', 'read'],
  'value-negative': ['value'],
  'value-trailing': ['rest'],
  'nofile-unlimited': ['max'],
  'nofile-too-large': ['value', 'max'],
  'nofile-too-small': ['value'],
  'as-breaks-node': ['value'],
  'soft-above-hard': ['soft', 'hard', 'item'],
  'no-login': ['value'],
  'chroot-debian-only': [],
  'rttime-newer-pam': [],
  crlf: [],
  'too-large': [],
} as const satisfies Record<string, readonly string[]>;

export type LimitsConfCode = keyof typeof limitsConfCodes;

export interface LimitsConfFinding {
  /** From 1. A line has one finding that says what becomes of it, and after it a warning for each surprise. */
  line: number;
  text: string;
  level: LimitsConfLevel;
  code: LimitsConfCode;
  /** `whom` and `type` are codes of their own: `limitsconf.whom.<whom>` (given the domain) and `limitsconf.type.<type>`. */
  params: Record<string, string>;
}

/**
 * A finding in words. `say` looks up an i18n key and fills its `{{placeholders}}`, as `Astro.locals.t` or the page's own lookup does.
 */
export function describeLimitsConf(
  { code, params }: LimitsConfFinding,
  say: (key: string, params: Record<string, string>) => string,
): string {
  const inWords: Record<string, string> = { ...params };
  if (params['whom']) inWords['whom'] = say(`limitsconf.whom.${params['whom']}`, { domain: params['domain'] ?? '' });
  if (params['type'] && code === 'rule') inWords['type'] = say(`limitsconf.type.${params['type']}`, {});
  if (code === 'unknown-item')
    inWords['meant'] = params['meant'] ? say('limitsconf.meant', { item: params['meant'] }) : '';
  return say(`limitsconf.${code}`, inWords).trim();
}
