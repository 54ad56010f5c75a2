// A parent starts two children and collects how each of them ended.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

const price = 1000;

const code = `
  process.stdout.write(JSON.stringify({
    pid: process.pid, ppid: process.ppid,
    price: typeof price, shop: process.env.SHOP,
  }));
  process.exitCode = 7;
`;
const child = spawn(process.execPath, ['-e', code], {
  env: { ...process.env, SHOP: 'munge' },
  stdio: ['ignore', 'pipe', 'inherit'],
});
let said = '';
child.stdout.setEncoding('utf8').on('data', (text) => (said += text));
const [exitCode] = await once(child, 'close');

const { pid, ppid, price: theirs, shop } = JSON.parse(said);
console.log(`another_pid=${pid !== process.pid}`);
console.log(`its_parent_is_me=${ppid === process.pid}`);
console.log(`price_here=${typeof price}`);
console.log(`price_there=${theirs} shop_there=${shop}`);
console.log(`exit_code=${exitCode}`);

const sleeper = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
await once(sleeper, 'spawn');
sleeper.kill('SIGTERM'); // TRY: SIGKILL
const [code2, signal] = await once(sleeper, 'close');
console.log(`exit_code=${code2} signal=${signal}`);
