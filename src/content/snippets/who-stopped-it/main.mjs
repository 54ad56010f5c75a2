// Whose limit was it? Reads the lines that people paste into a search box.
const lines = `
Reached heap limit Allocation failed - JavaScript heap out of memory
java.lang.OutOfMemoryError: Java heap space
Memory cgroup out of memory: Killed process 195 (bash) total-vm:13180kB
Out of memory: Killed process 192 (bash) total-vm:84128kB, anon-rss:81296kB
Last State: Terminated, Reason: OOMKilled, Exit Code: 137
Aw, Snap! Error code: Out of Memory
Killed
Exited (137) 2 minutes ago
`; // TRY: a line of your own

// The first rule that fits decides, so the longer text comes first.
const rules = [
  [/heap out of memory/, 'runtime (V8)', 'the program'],
  [/Java heap space/, 'runtime (JVM)', 'the program'],
  [/Memory cgroup out of memory/, 'cgroup', 'the kernel log'],
  [/Out of memory: Killed/, 'whole machine', 'the kernel log'],
  [/OOMKilled/, 'kernel, mostly cgroup', 'the container'],
  [/Aw, Snap!/, 'browser, one tab', 'the browser'],
  [/137|Killed/, 'NOT KNOWN: SIGKILL', 'nobody'],
];

for (const line of lines.trim().split('\n')) {
  const rule = rules.find(([text]) => text.test(line)) ?? [];
  const [, who = '?', witness = '?'] = rule;
  const real = /anon-rss:(\d+)kB/.exec(line)?.[1];
  const held = real ? ` anon_rss_mb=${Math.round(real / 1024)}` : '';
  console.log(`${who.padEnd(22)} witness: ${witness}${held}`);
  console.log(`  ${line.slice(0, 60)}`);
}
