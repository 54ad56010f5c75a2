// Seven programs end. What does the parent learn, and what does a shell say?
import { spawnSync } from 'node:child_process';

const send = (signal) => `process.kill(process.pid, '${signal}');
  setInterval(() => {}, 1000)`;
const programs = {
  'runs to its end': '',
  'throws an error': 'throw new Error("not caught")',
  'fills its heap': 'const kept = []; while (kept.push(Array(1e5).fill(1)));',
  'gets SIGKILL': send('SIGKILL'),
  'says exit(137)': 'process.exit(137)', // TRY: 143
  'gets SIGSEGV': send('SIGSEGV'),
  'gets SIGTERM': send('SIGTERM'),
};

const script = '"$@" 2>errors; echo "$?"; grep -c "out of memory" errors';
for (const [name, code] of Object.entries(programs)) {
  const command = [process.execPath, '--max-old-space-size=32', '-e', code];
  const [file, ...args] = command;
  const { status, signal } = spawnSync(file, args, { stdio: 'ignore' });

  const shell = spawnSync('sh', ['-c', script, 'sh', ...command], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [number, letters] = shell.stdout.trim().split('\n');
  const parent = `code=${status} signal=${signal}`.padEnd(24);
  const letter = letters === '0' ? 'no' : 'yes';
  console.log(`${name.padEnd(16)} ${parent} $?=${number} letter=${letter}`);
}
