import { editDistance } from './edit-distance.ts';

// The fields of a rule in limits.conf, as pam_limits reads them; sources in limits-conf.ts.

/** ULONG_MAX, which is also RLIM_INFINITY. */
const largest = '18446744073709551615';

export const kib = new Set(['core', 'data', 'fsize', 'memlock', 'rss', 'stack', 'as']);
export const counts = new Set([
  'nofile',
  'nproc',
  'locks',
  'sigpending',
  'msgqueue',
  'nice',
  'rtprio',
  'rttime',
  'cpu',
]);
/** Not limits of the kernel but of the session; their type does not matter. */
export const session = new Set(['maxlogins', 'maxsyslogins', 'priority', 'nonewprivs', 'chroot']);
export const typeless = new Set(['maxlogins', 'maxsyslogins', 'nonewprivs']);
/** By what a line says to a code for `limitsconf.type.<code>`. */
export const types: ReadonlyMap<string, string> = new Map([
  ['soft', 'soft'],
  ['hard', 'hard'],
  ['-', 'both'],
]);
export const withoutLimit = new Set(['-1', '-', 'unlimited', 'infinity']);

/** To whom a rule applies: a code for `limitsconf.whom.<code>`; "invalid" for a range that cannot be read. */
export function whomOf(domain: string): string {
  const kind = domain.startsWith('@') ? 'gid' : domain.startsWith('%') ? 'logins' : 'uid';
  if (domain.includes(':')) {
    // A colon makes every domain a range of numbers.
    const range = /^[@%]?\s*(\d*):(\d*)$/.exec(domain);
    if (!range || (range[1] === '' && range[2] === '')) return 'invalid';
    if (range[1] === '') return kind === 'logins' ? 'logins-gid' : kind;
    if (kind === 'logins') return 'logins-range';
    return range[2] === '' ? `${kind}-from` : `${kind}-range`;
  }
  if (domain === '*') return 'everyone';
  if (domain === '%') return 'all-logins';
  return kind === 'gid' ? 'group' : kind === 'logins' ? 'group-logins' : 'user';
}

/** The value as strtoull(3) or strtol(3) reads it: its leading digits. Nothing where pam_limits says "wrong limit value". */
export function numberOf(item: string, value: string): string | undefined {
  if (item === 'chroot') return value;
  if (item === 'nonewprivs') return value === '0' || value === '1' ? value : undefined;
  if (item !== 'priority' && item !== 'nice' && withoutLimit.has(value)) return 'unlimited';
  const digits = /^([+-]?)(\d+)/.exec(value);
  if (!digits) return undefined;
  const signed = item === 'priority' || item === 'nice' || session.has(item);
  // An unsigned number with a minus wraps around to a very large one.
  if (digits[1] === '-' && !signed) return 'unlimited';
  const number = (digits[2] ?? '').replace(/^0+(?=\d)/, '');
  // strtoull(3) stops at the largest number there is, and that one means "no limit".
  if (!signed && number.length >= largest.length && (number.length > largest.length || number >= largest))
    return 'unlimited';
  return `${digits[1] === '-' && number !== '0' ? '-' : ''}${number}`;
}

/** The item that was probably meant: the one that begins alike and differs by the last letters, as "nofiles" or "nfile" do. */
export function nearestItem(item: string): string {
  let nearest = '';
  let least = 3;
  for (const known of [...kib, ...counts, ...session]) {
    const distance = editDistance(item.slice(0, 20), known);
    if (distance < least && distance < known.length - 1) {
      least = distance;
      nearest = known;
    }
  }
  return nearest;
}
