// The order matters: ENFILE's sentence contains EMFILE's words.
const rules = [
  [/too many open files in system|ENFILE/i, 'ENFILE', 'the whole machine'],
  [/too many open files|EMFILE/i, 'EMFILE', 'this process'],
  [/file watchers|ENOSPC.*watch/i, 'ENOSPC', "the user's file watches"],
  [/(fork|spawn).*(unavailable|EAGAIN)/i, 'EAGAIN', 'processes and threads'],
];

function read(line) {
  const rule = rules.find(([text]) => text.test(line));
  return rule ?? [null, '?', 'read it again, from the end'];
}

const lines = [
  'open /proc/self/attr/apparmor/exec: too many open files in system: unknown',
  'sudo: unable to open /etc/sudoers: Too many open files in system',
  "Error: EMFILE: too many open files, open '/srv/upload/391.jpg'",
  'Error: ENOSPC: System limit for number of file watchers reached',
  'bash: fork: retry: Resource temporarily unavailable',
]; // TRY: put a line of your own log here

for (const line of lines) {
  const [, code, whose] = read(line);
  console.log(`${code.padEnd(7)}${whose.padEnd(24)}<- ...${line.slice(-28)}`);
}
