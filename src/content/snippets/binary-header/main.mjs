const elf = { '3e00': 'x64', b700: 'arm64' };
const mach = { '07000001': 'x64', '0c000001': 'arm64' };

// The name does not count. The first 20 bytes say whom a file is for.
function madeFor(head) {
  const hex = (from, to) => head.toString('hex', from, to);
  if (hex(0, 4) === '7f454c46') return `linux ${elf[hex(18, 20)]}`;
  if (hex(0, 4) === 'cffaedfe') return `macos ${mach[hex(4, 8)]}`;
  if (hex(0, 2) === '4d5a') return 'windows';
  return 'anyone';
}

const files = {
  'thumb.js': '2f2f205468756d626e61696c730a696d706f7274',
  'addon, from x64 CI': '7f454c4602010100000000000000000003003e00',
  'addon, from a Linux VM': '7f454c460201010000000000000000000300b700',
  'addon, from an M3 Mac': 'cffaedfe0c000001000000000800000010000000',
  'addon, from Windows': '4d5a90000300000004000000ffff0000b8000000',
};
const servers = ['linux x64', 'linux arm64']; // TRY: add 'macos arm64'

console.log(`file                    for          ${servers.join('  ')}`);
for (const [name, hex] of Object.entries(files)) {
  const target = madeFor(Buffer.from(hex, 'hex'));
  const answers = servers.map((server) =>
    (target === 'anyone' || target === server ? 'runs' : '-').padEnd(11),
  );
  console.log([name.padEnd(24), target.padEnd(13), ...answers].join('').trim());
}
console.log(`this Node: ${process.platform} ${process.arch}`);
