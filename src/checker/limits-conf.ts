import { longestPaste } from './judge.ts';
import type { LimitsConfCode, LimitsConfFinding, LimitsConfLevel } from './limits-conf-codes.ts';
import {
  counts,
  kib,
  nearestItem,
  numberOf,
  session,
  typeless,
  types,
  whomOf,
  withoutLimit,
} from './limits-conf-fields.ts';

// What pam_limits does with each line of a limits.conf.
//
// Sources: modules/pam_limits/pam_limits.c of Linux-PAM (parse_config_file, process_limit, parse_uid_range, setup_limits), release 1.5.2
// and the newer code in linux-pam/linux-pam; Debian's patches to it in pam 1.5.2-6+deb12u2 (008_modules_pam_limits_chroot,
// 027_pam_limits_better_init_allow_explicit_root, 032_pam_limits_EPERM_NOT_FATAL, pam-limits-nofile-fd-setsize-cap); limits.conf(5);
// getrlimit(2). tests/runnable/limits-conf.test.ts asks the pam_limits of the machine itself.

/** The kernel's own bound of `fs.nr_open` where nobody changed it. */
const nrOpen = 1_048_576;

interface Rule {
  finding: LimitsConfFinding;
  domain: string;
  item: string;
  type: string;
  value: string;
}

/** Says for each line what pam_limits will do with it. Never throws; a text of more than 1 MiB is refused with one finding. */
export function lintLimitsConf(text: string): LimitsConfFinding[] {
  if (text.length > longestPaste) return [{ line: 1, text: '', level: 'error', code: 'too-large', params: {} }];
  const lines = text.replace(/\n$/, '').split('\n');
  const findings: LimitsConfFinding[] = [];
  const rules = new Map<string, Rule>();
  // A "/*" that is never closed is a slip of the pen, and no comment goes over the lines after it.
  const lastClose = lines.findLastIndex((line) => line.includes('*/'));
  let inComment = false;
  let crlf = false;
  for (const [index, raw] of lines.entries()) {
    const shown = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    const add = (level: LimitsConfLevel, code: LimitsConfCode, params: Record<string, string> = {}) => {
      const finding = { line: index + 1, text: shown, level, code, params };
      findings.push(finding);
      return finding;
    };
    // "/* soft core 0" was written as a rule of its own, and not as the first line of a comment.
    const opens = /^\s*\/\*(?!\s+(?:soft|hard|-)\s)/.test(shown);
    const rule = lintLine(shown, inComment || opens, add);
    if (rule) remember(rules, rule, add);
    if (opens && index < lastClose) inComment = true;
    if (shown.includes('*/')) inComment = false;
    if (!crlf && raw !== shown) {
      crlf = true;
      add('warning', 'crlf');
    }
  }
  suggest(findings);
  return findings;
}

/** Adds the nearest item to those that do not exist; only to the first hundred spellings, because it compares each with every item. */
function suggest(findings: readonly LimitsConfFinding[]): void {
  const nearest = new Map<string, string>();
  for (const { code, params } of findings) {
    const item = params['item'] ?? '';
    if (code !== 'unknown-item') continue;
    if (!nearest.has(item) && nearest.size < 100) nearest.set(item, nearestItem(item));
    params['meant'] = nearest.get(item) ?? '';
  }
}

type Add = (level: LimitsConfLevel, code: LimitsConfCode, params?: Record<string, string>) => LimitsConfFinding;

function lintLine(shown: string, inComment: boolean, add: Add): Rule | undefined {
  const hash = shown.indexOf('#');
  const line = (hash < 0 ? shown : shown.slice(0, hash)).trim();
  if (line === '') {
    add('comment', hash < 0 ? 'blank' : 'comment');
    return undefined;
  }
  const odd = /[\u00a0\u00ad\u200b-\u200f\u2060\u3000\ufeff]/.exec(shown.slice(0, hash < 0 ? undefined : hash))?.[0];
  if (odd) {
    add('error', 'invisible-character', { code: `U+${odd.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}` });
    return undefined;
  }
  const fields = line.split(/[ \t]+/);
  const [domain = '', type = '', item = '', value = '', ...rest] = fields;
  const mark = /^(?:\/\*|\*\/|\/\/|\/|;|--)/.exec(domain)?.[0];
  if (mark) {
    add('error', 'not-a-comment', { mark });
    return undefined;
  }
  const whom = whomOf(domain);
  if (whom === 'invalid') {
    add('error', 'invalid-range', { domain });
    return undefined;
  }
  if (fields.length === 2 && type.startsWith('-')) {
    // Only a user, a group or a range is looked up here; for "* -" nothing happens and nothing is logged.
    if (whom === 'everyone' || domain.startsWith('%')) add('ignored', 'no-limits-nobody', { domain });
    else add('rule', 'no-limits', { domain, whom });
    return undefined;
  }
  if (fields.length < 4) {
    if (inComment) add('error', 'not-a-comment', { mark: domain });
    else add('error', 'invalid-line', { fields: `${fields.length}` });
    return undefined;
  }
  return lintRule(
    { domain, whom, type: type.toLowerCase(), item: item.toLowerCase(), value: value.toLowerCase(), rest },
    inComment,
    add,
  );
}

interface Fields {
  domain: string;
  whom: string;
  type: string;
  item: string;
  value: string;
  rest: string[];
}

/** In the order in which process_limit() looks: item, type, value. */
function lintRule({ domain, whom, type, item, value, rest }: Fields, inComment: boolean, add: Add): Rule | undefined {
  const known = kib.has(item) || counts.has(item) || session.has(item);
  const typeOk = types.has(type) || typeless.has(item);
  const number = numberOf(item, value);
  if (inComment && !(known && typeOk && number !== undefined)) {
    add('error', 'not-a-comment', { mark: domain });
    return undefined;
  }
  if (!known) {
    add('error', 'unknown-item', { item, meant: '' });
    return undefined;
  }
  if (!typeOk) {
    add('error', 'unknown-type', { type });
    return undefined;
  }
  if (number === undefined) {
    add('error', 'wrong-value', { value, item });
    return undefined;
  }
  if (domain.startsWith('%') && item !== 'maxlogins') {
    add('ignored', 'percent-only-maxlogins', { domain, item });
    return undefined;
  }
  if (whom === 'logins-range') {
    add('ignored', 'percent-range', { domain });
    return undefined;
  }
  if (item === 'rss' || item === 'locks') {
    add('ignored', `${item}-ignored`);
    return undefined;
  }
  const amount = number === 'unlimited' ? number : `${number}`;
  const unit = amount === 'unlimited' ? '' : kib.has(item) ? ' KiB' : item === 'cpu' ? ' min' : '';
  const finding = session.has(item)
    ? add('rule', 'rule-session', { domain, whom, item, value: amount })
    : add('rule', 'rule', { domain, whom, type: types.get(type) ?? '', item, value: amount, unit });
  if (inComment) add('warning', 'live-in-comment', { domain, whom, item, value: amount });
  surprises({ domain, whom, type, item, value, rest }, amount, add);
  return session.has(item) ? undefined : { finding, domain, item, type: types.get(type) ?? '', value: amount };
}

function surprises({ domain, whom, item, value, rest }: Fields, amount: string, add: Add): void {
  const number = Number(amount);
  if (whom === 'everyone') add('warning', 'wildcard-not-root');
  if (/^[@%]/.test(domain)) add('warning', 'group-not-root', { domain });
  if (whom === 'uid') add('warning', 'range-is-exact', { uid: domain.slice(1) });
  if (/[A-Z]/.test(domain)) add('warning', 'domain-case', { domain });
  if (rest.length > 0) add('warning', 'value-trailing', { rest: rest.join(' ') });
  if (item === 'chroot') add('warning', 'chroot-debian-only');
  else if (/^-\d/.test(value) && !withoutLimit.has(value) && !session.has(item) && item !== 'nice')
    add('warning', 'value-negative', { value });
  else if (!/^[+-]?\d+$/.test(value) && !withoutLimit.has(value)) add('warning', 'value-cut', { value, read: amount });
  if (item === 'nofile' && amount === 'unlimited') add('warning', 'nofile-unlimited', { max: `${nrOpen}` });
  if (item === 'nofile' && number > nrOpen) add('warning', 'nofile-too-large', { value: amount, max: `${nrOpen}` });
  if (item === 'nofile' && number <= 3) add('warning', 'nofile-too-small', { value: amount });
  if (item === 'as' && amount !== 'unlimited') add('warning', 'as-breaks-node', { value: `${amount} KiB` });
  if ((item === 'maxlogins' || item === 'maxsyslogins') && number === 0) add('warning', 'no-login', { value });
  if (item === 'rttime') add('warning', 'rttime-newer-pam');
}

/** Marks an earlier rule that this one replaces, and compares soft with hard of the same domain and item. */
function remember(rules: Map<string, Rule>, rule: Rule, add: Add): void {
  const key = (type: string) => `${type} ${rule.item} ${rule.domain}`;
  const sets = rule.type === 'both' ? ['soft', 'hard'] : [rule.type];
  for (const type of sets) {
    const before = rules.get(key(type));
    rules.set(key(type), rule);
    // A rule that set both is replaced only when neither half of it is left.
    const left = before && ['soft', 'hard'].some((half) => rules.get(key(half)) === before);
    if (before && !left && before !== rule) {
      before.finding.level = 'ignored';
      before.finding.code = 'overridden';
      before.finding.params = { by: `${rule.finding.line}` };
    }
  }
  const soft = rules.get(key('soft'));
  const hard = rules.get(key('hard'));
  if (!soft || !hard || soft === hard || hard.value === 'unlimited') return;
  if (soft.value === 'unlimited' || Number(soft.value) > Number(hard.value))
    add('warning', 'soft-above-hard', { soft: soft.value, hard: hard.value, item: rule.item });
}
