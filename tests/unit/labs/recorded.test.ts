/** Every recording of a lab satisfies its expectation, and the expectation refuses what is not so. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { judge, matchExpectation, parseExpectation } from '../../../src/checker/index.ts';
import { parseRecording } from '../../../src/runtime/transcript.ts';
import { hasSolution, isThrowAway, labIds, labsFolder, readLab, skipReason } from '../../../tools/labs.ts';

interface Recorded {
  name: string;
  header: Record<string, string>;
  output: string;
  code: number;
  command: string;
}

function recordings(id: string): Recorded[] {
  const folder = join(labsFolder, id, 'recorded');
  return readdirSync(folder).map((file) => {
    const { header, runs } = parseRecording(readFileSync(join(folder, file), 'utf8'));
    if (!runs[0] || runs.length > 1) throw new Error(`${id}/recorded/${file}: a recording of a lab has one run`);
    return { name: file.replace('.txt', ''), header, ...runs[0] };
  });
}

/** Steps that a normal user needs a session of systemd for; the recording machine has none. */
const withoutSystemd: Record<string, string[]> = {
  cpu: ['quota', 'counting-under-the-quota'],
  oom: ['kernel-limit'],
};

describe.each(labIds())('%s', (id) => {
  const lab = readLab(id);
  const all = recordings(id);

  // A test that is not about a lab is not there, rather than skipped.
  const throwAway = isThrowAway(id) ? it : undefined;
  const anywhere = throwAway ? undefined : it;
  throwAway?.('is recorded where alone it may run, with nothing skipped', () => {
    expect(all.map(({ name, output }) => [name, judge(output, lab).outcome])).toEqual([['debian-12-v86', 'passed']]);
  });

  anywhere?.('is recorded as a user, as root and in a user namespace', () => {
    const names = all.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['debian-12-user', 'debian-12-root', 'debian-12-userns']));
    if (lab.expected.includes('@if node_'))
      for (const suffix of ['user-node-20', 'user-node-22', 'user-node-26', 'no-node'])
        expect(names).toContain(`debian-12-${suffix}`);
  });

  it.each(all)('$name satisfies expected.txt', ({ name, header, output, code, command }) => {
    expect(matchExpectation(parseExpectation(lab.expected), output)).toMatchObject({ ok: true });
    expect(code).toBe(0);
    expect(command).toBe(`bash ${id}.sh`);
    expect(header).toMatchObject({ environment: name, user: expect.any(String), capabilities: expect.any(String) });
    expect(judge(output, lab).outcome).not.toBe('failed');
  });

  anywhere?.('is passed by a normal user, with nothing skipped', () => {
    const normal = all.filter(({ header }) => !header['user']?.startsWith('root'));
    const outcomes = normal.map(({ name, output }) => `${name}: ${judge(output, lab).outcome}`);
    expect(outcomes.filter((one) => one.endsWith(': passed'))).not.toEqual([]);
  });

  anywhere?.('skips only what the recording machine, a container without systemd, cannot do', () => {
    const { steps } = judge(all.find(({ name }) => name === 'debian-12-user')?.output ?? '', lab);
    const notPassed = steps.filter(({ status }) => status !== 'passed').map((step) => step.id);
    expect(notPassed).toEqual(withoutSystemd[id] ?? []);
  });

  it('is recorded in every environment that it has a recording from, for root as well as for a user', () => {
    const names = all.map(({ name }) => name);
    for (const made of ['debian-13', 'debian-12-systemd'])
      if (names.some((name) => name.startsWith(made)))
        expect(names).toEqual(expect.arrayContaining([`${made}-user`, `${made}-root`]));
  });

  if (!hasSolution(id)) return;
  it('has a solution that did its work', () => {
    const { header, runs } = parseRecording(readFileSync(join(labsFolder, id, 'solution.txt'), 'utf8'));
    expect(runs).toMatchObject([{ command: 'bash solution.sh', code: 0 }]);
    expect(header).toMatchObject({ environment: expect.any(String), user: expect.any(String) });
    expect(skipReason(runs[0]?.output ?? '')).toBeUndefined();
  });
});

/** A change of one line, and the lab that must notice it. */
const lies: [id: string, from: RegExp, to: string][] = [
  ['arch', /^machines=62 183 3$/m, 'machines=62 62 3'],
  ['arch', /^own_exit=42$/m, 'own_exit=126'],
  ['arch', /^\| aarch64: cannot execute binary file.*$/m, '| aarch64: Permission denied'],
  ['arch', /^\| aarch64: 1: ELF.*$/m, '| aarch64: Exec format error'],
  ['arch', /^foreign_addon_error=ERR_DLOPEN_FAILED$/m, 'foreign_addon_error=none'],
  ['arch', /^unix_exit=42$/m, 'unix_exit=127'],
  ['cpu', /^pinned_nproc=1$/m, 'pinned_nproc=2'],
  ['cpu', /^pinned_node_parallelism=1$/m, 'pinned_node_parallelism=2'],
  ['container-by-hand', /^container_pid=1$/m, 'container_pid=14'],
  ['container-by-hand', /^image_release=release 1$/m, 'image_release=release 2'],
  ['container-by-hand', /^second_secret=keep me$/m, 'second_secret='],
  ['control-groups', /^grow_exit=137$/m, 'grow_exit=0'],
  ['control-groups', /^above_high_exit=0$/m, 'above_high_exit=137'],
  ['control-groups', /^started=4$/m, 'started=5'],
  ['control-groups', /^nr_throttled=\d+$/m, 'nr_throttled=0'],
  ['emfile', /^opened=\d+$/m, 'opened=99'],
  ['emfile', /^\| Too many open files$/m, '| Too many open files in system'],
  ['emfile', /^child_soft=24$/m, 'child_soft=1024'],
  ['emfile', /^node_last_descriptor=95$/m, 'node_last_descriptor=96'],
  ['emfile', /^raised_soft=256$/m, 'raised_soft=96'],
  ['emfile', /^nofile_soft_after=.*$/m, 'nofile_soft_after=24'],
  ['fd', /^without_4=.*$/m, 'without_4=0 1 2 3 5 6'],
  ['fd', /^copy_reads=cd$/m, 'copy_reads=ab'],
  ['fd', /^position_of_5=2$/m, 'position_of_5=6'],
  ['fd', /^held_bytes=8388608$/m, 'held_bytes=0'],
  ['fd', /^bytes_after_emptying=0$/m, 'bytes_after_emptying=8388608'],
  ['file-table', /^(room=60\nown_limit=\d+\nopened=)\d+$/m, '$1200'],
  ['file-table', /^\| Too many open files in system$/m, '| Too many open files'],
  ['file-table', /^file_max_after=\d+$/m, 'file_max_after=92'],
  ['fork-bomb', /^pids_at_its_worst=\d+$/m, 'pids_at_its_worst=33'],
  ['fork-bomb', /^pids_after_one_kill=\d+$/m, 'pids_after_one_kill=0'],
  ['fork-bomb', /^pids_after_cgroup_kill=0$/m, 'pids_after_cgroup_kill=31'],
  ['flock', /^counted=\d+$/m, 'counted=200'],
  ['flock', /^counted_with_lock=200$/m, 'counted_with_lock=199'],
  ['flock', /^written_while_held=7$/m, 'written_while_held=200'],
  ['flock', /^after_kill_9=granted$/m, 'after_kill_9=refused'],
  ['flock', /^while_the_child_runs=refused$/m, 'while_the_child_runs=granted'],
  ['leak', /^shell_bounded_growth_kb=\d+$/m, 'shell_bounded_growth_kb=7812'],
  ['leak', /^timer_leak_kb=\d+$/m, 'timer_leak_kb=3'],
  ['leak', /^context_fixed_kb=\d+$/m, 'context_fixed_kb=5658'],
  ['leak', /^bounded_later_heap_kb=\d+$/m, 'bounded_later_heap_kb=36936'],
  ['leak', /^near_limit_exit=134$/m, 'near_limit_exit=137'],
  ['leak', /^snapshot_mode=600$/m, 'snapshot_mode=644'],
  ['namespaces', /^inside_uid=0$/m, 'inside_uid=61234'],
  ['namespaces', /^owner_outside=.*$/m, 'owner_outside=0'],
  ['namespaces', /^pid_in_old_proc=\d+$/m, 'pid_in_old_proc=1'],
  ['namespaces', /^outside_mounts_here=0$/m, 'outside_mounts_here=1'],
  ['namespaces', /^inside_interfaces=lo$/m, 'inside_interfaces=lo eth0'],
  ['namespaces', /^lines_in_image=1$/m, 'lines_in_image=2'],
  ['namespaces', /^processes=1$/m, 'processes=2'],
  ['limits', /^different=none$/m, 'different=s'],
  ['limits', /^(\| Max open files .* -n )\d+$/m, '$17'],
  ['limits', /^resident_kb=\d+$/m, 'resident_kb=90'],
  ['limits', /^changed_rows=0$/m, 'changed_rows=1'],
  ['enfile', /^new_rise=\d+$/m, 'new_rise=0'],
  ['enfile', /^duplicate_rise=-?\d+$/m, 'duplicate_rise=400'],
  ['enfile', /^node_23=.*$/m, 'node_23=ENFILE: too many open files in system'],
  ['enfile', /^\| Too many open files$/m, '| Too many open files in system'],
  ['other-limits', /^file_size_bytes=8192$/m, 'file_size_bytes=4096'],
  ['other-limits', /^both_exit=137$/m, 'both_exit=152'],
  ['other-limits', /^blocks_used=0$/m, 'blocks_used=15'],
  ['other-limits', /^df_kb_after_rm=\d+$/m, 'df_kb_after_rm=0'],
  ['nice', /^equal_second_percent=\d+$/m, 'equal_second_percent=9'],
  ['nice', /^uneven_second_percent=\d+$/m, 'uneven_second_percent=50'],
  ['nice', /^going_up=refused$/m, 'going_up=allowed'],
  ['nproc', /^plus8_started=\d+$/m, 'plus8_started=30'],
  ['nproc', /^plus8_errno=11$/m, 'plus8_errno=12'],
  ['nproc', /^spawned=\d+$/m, 'spawned=60'],
  ['limitsconf', /^lecture_rules=4$/m, 'lecture_rules=6'],
  ['limitsconf', /^\| 3 rule (.*): {2}\* soft nofile 100$/m, '| 3 skipped $1:  * soft nofile 100'],
  ['oom-killer', /^grow_exit=137$/m, 'grow_exit=134'],
  ['oom-killer', /^constraint=CONSTRAINT_NONE$/m, 'constraint=CONSTRAINT_MEMCG'],
  ['oom-killer', /^innocent_exit=137$/m, 'innocent_exit=0'],
  ['oom', /^heap_runs_out_exit=134$/m, 'heap_runs_out_exit=137'],
  ['oom', /^flag_100_mb=\d+$/m, 'flag_100_mb=100'],
  ['oom', /^child_of_node_options_mb=\d+$/m, 'child_of_node_options_mb=4144'],
  ['oom', /^buffer_heap_used_mb=\d+$/m, 'buffer_heap_used_mb=310'],
  ['orphan-zombie', /^zombies=3$/m, 'zombies=2'],
  ['orphan-zombie', /^\| State: Z .*$/m, '| State: S (sleeping)'],
  ['orphan-zombie', /^zombies_after_kill_9=3$/m, 'zombies_after_kill_9=0'],
  ['orphan-zombie', /^zombie_memory_lines=0$/m, 'zombie_memory_lines=12'],
  ['orphan-zombie', /^collected=143$/m, 'collected=0'],
  ['orphan-zombie', /^orphan_alive=yes$/m, 'orphan_alive=no'],
  ['orphan-zombie', /^detached_child_session=own$/m, 'detached_child_session=same'],
  ['orphan-zombie', /^nohup_alive=yes$/m, 'nohup_alive=no'],
  ['server-out-of-fds', /^greeted=\d+$/m, 'greeted=100'],
  ['server-out-of-fds', /^errors=0$/m, 'errors=3'],
  ['server-out-of-fds', /^ok 9 - .*$/m, 'not ok 9 - server-log-has-no-error'],
  ['shutdown', /^plain_exit=143$/m, 'plain_exit=0'],
  ['shutdown', /^polite_cut_off=0$/m, 'polite_cut_off=1'],
  ['shutdown', /^deaf_exit=137$/m, 'deaf_exit=0'],
  ['shutdown', /^plain_client=ECONNRESET$/m, 'plain_client=200'],
  ['shutdown', /^draining_client=200$/m, 'draining_client=ECONNRESET'],
  ['shutdown', /^killed_server_farewell=no$/m, 'killed_server_farewell=yes'],
  ['shutdown', /^process_1_after_term=running$/m, 'process_1_after_term=ended'],
  ['shutdown', /^behind_a_shell_farewell=no$/m, 'behind_a_shell_farewell=yes'],
  ['shutdown', /^node_1_with_handler_exit=0$/m, 'node_1_with_handler_exit=143'],
  ['vm', /^promised_rss_mb=\d+$/m, 'promised_rss_mb=65'],
  ['vm', /^half_rss_mb=\d+$/m, 'half_rss_mb=65'],
  ['vm', /^second_touch_faults=\d+$/m, 'second_touch_faults=16384'],
  ['vm', /^given_size_mb=\d+$/m, 'given_size_mb=64'],
  ['vm', /^child_shares_mb=\d+$/m, 'child_shares_mb=2'],
  ['vm', /^parent_still_has=x$/m, 'parent_still_has=y'],
  ['vm', /^node_touched_rss_mb=\d+$/m, 'node_touched_rss_mb=20'],
];

it.each(lies)('%s: a line changed to fit %s is refused', (id, from, to) => {
  const lab = readLab(id);
  const all = recordings(id);
  const { output = '' } = all.find(({ name }) => name === 'debian-12-user') ?? all[0] ?? {};
  const changed = output.replace(from, to);
  expect(changed).not.toBe(output);
  expect(matchExpectation(parseExpectation(lab.expected), changed).ok).toBe(false);
});

// No Alpine at hand: what musl says for EMFILE stands in the place of what glibc said.
it('emfile passes with the words of musl', () => {
  const { output = '' } = recordings('emfile').find(({ name }) => name === 'debian-12-user') ?? {};
  const musl = output.replace('\n| Too many open files\n', '\n| No file descriptors available\n');
  expect(musl).not.toBe(output);
  expect(judge(musl, readLab('emfile')).outcome).toBe('passed');
  expect(judge(musl.replace('descriptors available', 'such file'), readLab('emfile')).outcome).toBe('failed');
});
