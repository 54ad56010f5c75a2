// Nine bits, three classes. Which three of the nine decide for whom?
const files = [
  { name: '.env', uid: 1000, gid: 50, mode: 0o640 }, // TRY: 0o600, 0o666
  { name: 'odd', uid: 1000, gid: 50, mode: 0o046 },
];
const users = [
  { name: 'owner', uid: 1000, groups: [1000, 50] },
  { name: 'teammate', uid: 1001, groups: [1001, 50] },
  { name: 'intern', uid: 1002, groups: [1002] },
  { name: 'root', uid: 0, groups: [0] },
];

const ask = { r: 4, w: 2, x: 1 };
const digits = ({ mode }) => [mode >> 6, (mode >> 3) & 7, mode & 7];

/** The first class that fits decides; classes are never added up. */
function classOf(user, file) {
  if (user.uid === file.uid) return 0;
  return user.groups.includes(file.gid) ? 1 : 2;
}

function may(user, file, want) {
  if (user.uid === 0) return want !== 'x' || (file.mode & 0o111) !== 0;
  return (digits(file)[classOf(user, file)] & ask[want]) !== 0;
}

const letters = (digit) =>
  Object.keys(ask).map((one) => (digit & ask[one] ? one : '-'));

for (const file of files) {
  const shown = digits(file).flatMap(letters).join('');
  const octal = file.mode.toString(8).padStart(3, '0');
  console.log(`${file.name} ${octal} ${shown}`);
  for (const user of users) {
    const rights = Object.keys(ask).filter((one) => may(user, file, one));
    console.log(`  ${user.name}: ${rights.join(' ') || 'nothing'}`);
  }
}
