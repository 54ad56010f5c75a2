/** Messages as people paste them, and the entries that they must lead to. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { findErrors } from '../../../src/errors/find.ts';
import { knownError } from '../../../src/errors/known.ts';
import { longestPaste, plain, shape } from '../../../src/errors/normalise.ts';
import { type ErrorEntry, errorGroups, errorSchema } from '../../../src/site/schemas/errors.ts';

const folder = 'src/content/errors';
const entries: (ErrorEntry & { id: string })[] = readdirSync(folder)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => ({
    id: name.replace('.yaml', ''),
    ...errorSchema.parse(parse(readFileSync(`${folder}/${name}`, 'utf8'))),
  }))
  .sort((a, b) => errorGroups.indexOf(a.group) - errorGroups.indexOf(b.group) || a.order - b.order);
const known = entries.map((entry) => knownError(entry.id, entry));
const find = (text: string) => findErrors(text, known);

/** A pasted text, and the entry that must come first. */
const first: [string, string][] = [
  [
    "Error: EMFILE: too many open files, open '/srv/upload/391.jpg'\n    at Object.open (node:internal/fs:1:1)",
    'emfile',
  ],
  ['-bash: /dev/null: Too many open files', 'emfile'],
  ["OSError: [Errno 24] Too many open files: '/home/ubuntu/data/part-00017.csv'", 'emfile'],
  ['2026/11/20 03:11:09 [crit] 2657#0: accept4() failed (24: Too many open files)', 'emfile'],
  ['http: Accept error: accept tcp [::]:8080: accept4: too many open files; retrying in 1s', 'emfile'],
  ['java.net.SocketException: Too many open files', 'emfile'],
  ['sudo: unable to open /etc/sudoers: Too many open files in system', 'enfile'],
  ['open /proc/self/attr/apparmor/exec: too many open files in system: unknown', 'enfile'],
  ["Error: ENFILE: file table overflow, open '/srv/photo.jpg'", 'enfile'],
  ['[12345.678] VFS: file-max limit 8192 reached', 'enfile'],
  ["Error: ENOSPC: System limit for number of file watchers reached, watch '/app/src'", 'inotify-watches'],
  ['bash: fork: retry: Resource temporarily unavailable', 'eagain'],
  ['-bash: fork: Resource temporarily unavailable', 'eagain'],
  ["sh: 1: can't fork: Resource temporarily unavailable", 'eagain'],
  ['Error: spawn /usr/bin/convert EAGAIN', 'eagain'],
  [
    '[warning][os,thread] Failed to start thread "Unknown thread" - pthread_create failed (EAGAIN) for attributes',
    'eagain',
  ],
  [
    'java.lang.OutOfMemoryError: unable to create native thread: possibly out of memory or process/resource limits reached',
    'eagain',
  ],
  ['runtime: failed to create new OS thread (have 772 already; errno=11)', 'eagain'],
  ['kernel: cgroup: fork rejected by pids controller in /system.slice/docker-8c1f.scope', 'eagain'],
  ['www-data  31337  0.0  0.0      0     0 ?        Z    02:13   0:00 [git] <defunct>', 'defunct'],
  ['FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory', 'heap-out-of-memory'],
  ['FATAL ERROR: CALL_AND_RETRY_LAST Allocation failed - JavaScript heap out of memory', 'heap-out-of-memory'],
  ['Exception in thread "http-nio-8080-exec-7" java.lang.OutOfMemoryError: Java heap space', 'java-heap-space'],
  ['bash: fork: Cannot allocate memory', 'enomem'],
  ['OSError: [Errno 12] Cannot allocate memory', 'enomem'],
  ['MemoryError', 'enomem'],
  ['Killed', 'killed'],
  ['./build.sh: line 12:  4711 Killed                  npm run build', 'killed'],
  [
    'Memory cgroup out of memory: Killed process 3129 (node) total-vm:1278340kB, anon-rss:520164kB, file-rss:0kB',
    'memory-cgroup-out-of-memory',
  ],
  [
    '[Mon Nov 23 02:13:00 2026] Out of memory: Killed process 1284 (mysqld) total-vm:9961472kB',
    'out-of-memory-killed-process',
  ],
  ['node invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=999', 'out-of-memory-killed-process'],
  ['    Last State:     Terminated\n      Reason:       OOMKilled\n      Exit Code:    137', 'oomkilled'],
  ["market.service: Failed with result 'oom-kill'.", 'result-oom-kill'],
  ['Result=oom-kill', 'result-oom-kill'],
  ['market-api-7c9   0/1   CrashLoopBackOff   12 (3m ago)   41m', 'crashloopbackoff'],
  ['market-api-7c9   0/1   ErrImagePull   0   41s', 'imagepullbackoff'],
  ['Warning  Unhealthy  10s (x3 over 20s)  kubelet  Liveness probe failed: HTTP probe failed', 'probe-failed'],
  ['dependency failed to start: container market-db-1 is unhealthy', 'probe-failed'],
  ['npm error signal SIGTERM', 'sigterm'],
  ['<head><title>502 Bad Gateway</title></head>', '502-bad-gateway'],
  ['Error: getaddrinfo EAI_AGAIN db', 'enotfound'],
  ['Segmentation fault (core dumped)', 'segmentation-fault'],
  ['kernel: node[812]: segfault at 0 ip 00007f1c sp 00007ffd error 4 in sharp.node[7f1c+2000]', 'segmentation-fault'],
  ['Aborted (core dumped)', 'aborted'],
  ['npm ERR! nospc ENOSPC: no space left on device, write', 'enospc'],
  ['tar: ./data: Wrote only 4096 of 10240 bytes\ntar: Error is not recoverable: No space left on device', 'enospc'],
  ['OSError: [Errno 122] Disk quota exceeded', 'edquot'],
  ['File size limit exceeded (core dumped)', 'efbig'],
  ['umount: /mnt/data: target is busy.', 'ebusy'],
  ["EBUSY: resource busy or locked, unlink '/app/db.lock'", 'ebusy'],
  ['Error: listen EADDRINUSE: address already in use :::3000', 'eaddrinuse'],
  ['nginx: [emerg] bind() to [::]:443 failed (98: Address already in use)', 'eaddrinuse'],
  [
    'Error response from daemon: driver failed programming external connectivity: Bind for 0.0.0.0:5432 failed: port is already allocated',
    'eaddrinuse',
  ],
  ['Error: connect EADDRNOTAVAIL 10.0.3.7:3000 - Local (0.0.0.0:0)', 'eaddrnotavail'],
  ["curl: (7) Failed to connect to localhost port 3000 after 2 ms: Couldn't connect to server", 'econnrefused'],
  ['Error: connect ECONNREFUSED ::1:5432', 'econnrefused'],
  ['dial tcp 10.0.0.4:6379: connect: connection refused', 'econnrefused'],
  ['The connection to the server localhost:8080 was refused - did you specify the right host or port?', 'econnrefused'],
  ['curl: (56) Recv failure: Connection reset by peer', 'econnreset'],
  ['Error: socket hang up', 'econnreset'],
  ['curl: (28) Operation timed out after 30001 milliseconds with 0 bytes received', 'etimedout'],
  ['Error: connect ETIMEDOUT 203.0.113.7:443', 'etimedout'],
  ['BrokenPipeError: [Errno 32] Broken pipe', 'epipe'],
  ['Error: write EPIPE', 'epipe'],
  ["Error: EACCES: permission denied, mkdir '/usr/local/lib/node_modules'", 'eacces'],
  ['bash: ./deploy.sh: Permission denied', 'eacces'],
  ['bash: kill: (1) - Operation not permitted', 'eperm'],
  ["Error: ENOENT: no such file or directory, open '/app/package.json'", 'enoent'],
  ['exec /docker-entrypoint.sh: no such file or directory', 'required-file-not-found'],
  ['/usr/bin/env: ‘bash\\r’: No such file or directory', 'required-file-not-found'],
  ['/bin/bash^M: bad interpreter: No such file or directory', 'required-file-not-found'],
  [
    'Error loading shared library libstdc++.so.6: No such file or directory (needed by /app/server)',
    'required-file-not-found',
  ],
  ['bash: ./server: cannot execute: required file not found', 'required-file-not-found'],
  ['exec /app/server: exec format error', 'exec-format-error'],
  ['standard_init_linux.go:211: exec user process caused "exec format error"', 'exec-format-error'],
  ['Error: /app/node_modules/bcrypt/lib/bcrypt_lib.node: invalid ELF header', 'invalid-elf-header'],
  ['bash: nodee: command not found', '127'],
  ['137', '137'],
  ['Exited (137) 2 minutes ago', '137'],
  ['Error: Process completed with exit code 137.', '137'],
  ['exit status 137', '137'],
  ['make: *** [Makefile:12: test] Error 137', '137'],
  ['npm ERR! errno 137', '137'],
  ['"ExitCode": 139,', '139'],
  ['Command failed with exit code 134 (SIGABRT)', 'sigabrt'],
  ['process exited with code 143', '143'],
  ['echo $?\n130', '130'],
  ['exit code 136', '128-plus-n'],
  ['The command returned a non-zero code: 127', '127'],
  ['code=exited, status=1/FAILURE', '1'],
  ['worker process 812 exited on signal 11', 'sigsegv'],
  ['Main process exited, code=killed, status=9/KILL', 'sigkill'],
  ['received SIGTERM, shutting down', 'sigterm'],
];

describe('a pasted message', () => {
  it.each(first)('%s leads to %s first', (text, id) => {
    expect(find(text)[0]).toBe(id);
  });

  it('leads from every text of the page to its entry, whatever the numbers, the paths and the case', () => {
    for (const { id, texts } of entries)
      for (const { text } of texts) {
        expect(find(text), text).toContain(id);
        const other = text.replace(/\d+/g, '77').toUpperCase();
        if (!/curl: \(|Errno|errno|error=|-122|\(1\d\d:/.test(text))
          expect(find(`12:00:01 app\n${other}`), other).toContain(id);
      }
  });

  it('gives all that it may be', () => {
    expect(find('No space left on device')).toEqual(['enospc', 'out-of-inodes']);
    expect(find('EMFILE')).toEqual(['emfile']);
    expect(find('ENOSPC')).toContain('inotify-watches');
    expect(find('Killed\n$ echo $?\n137')).toEqual(expect.arrayContaining(['killed', '137']));
  });

  it('does not take a part for the whole', () => {
    expect(find('Too many open files in system')).not.toContain('emfile');
    expect(find('Memory cgroup out of memory: Killed process 7 (x)')).not.toContain('out-of-memory-killed-process');
    expect(find('Memory cgroup out of memory: Killed process 7 (x)')).not.toContain('killed');
    expect(find('Last State: Terminated, Reason: OOMKilled')).not.toContain('143');
    expect(find("[Errno 2] No such file or directory: 'x'")).not.toContain('2');
    expect(find('HTTP status 200')).toEqual([]);
    expect(find('status=9/KILL')).not.toContain('9');
  });

  it('is found while it is typed', () => {
    expect(find('emf')).toContain('emfile');
    expect(find('heap')).toContain('heap-out-of-memory');
    expect(
      findErrors('좀비', [
        ...known.slice(0, 1),
        { ...knownError('defunct', entries[0] as ErrorEntry), words: '끝난 좀비예요' },
      ]),
    ).toEqual(['defunct']);
  });

  it.each(['', '   \n', 'x', 'segmentfault.com is a site', 'qwertzuiop', 'all is well', '최신 뉴스'])(
    '%j leads nowhere',
    (text) => {
      expect(find(text)).toEqual([]);
    },
  );

  it('may be long and hostile, and takes no time', () => {
    const started = performance.now();
    for (const text of [
      'exit '.repeat(20_000),
      '/'.repeat(100_000),
      '\u001b['.repeat(50_000),
      "'".repeat(99_999),
      '(1: '.repeat(30_000),
      'make '.repeat(20_000),
    ])
      find(text);
    expect(performance.now() - started).toBeLessThan(3000);
    expect(plain('a'.repeat(longestPaste * 2))).toHaveLength(longestPaste);
  });
});

describe('the shape of a message', () => {
  it('has neither numbers, nor paths, nor colours', () => {
    expect(shape("\u001b[31mError: EMFILE: too many open files, open '/srv/a b.jpg'\u001b[0m")).toBe(
      'error: emfile: too many open files, open …',
    );
    expect(shape('bash: line 7: ./x: Permission denied')).toBe(shape('bash: line 12: /opt/y: Permission denied'));
    expect(shape('http://10.0.0.1:80/ at 0x7f')).toBe('… at #');
  });
});
