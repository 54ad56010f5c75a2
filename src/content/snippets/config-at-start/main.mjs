// Settings arrive as texts. Read them once, before the port is open.
const given = { PORT: '8080', POOL_SIZE: '', CACHE: 'false' };
// TRY: POOL_SIZE: '10', and DB_PASSWORD_FILE: '/run/secrets/db/password'

const unchecked = {
  port: Number(given.PORT),
  poolSize: Number(given.POOL_SIZE),
  cache: Boolean(given.CACHE),
};
console.log(`unchecked ${JSON.stringify(unchecked)}`);

const isPort = (text) => /^\d+$/.test(text) && text > 0 && text < 65536;
const rules = {
  PORT: ['a port from 1 to 65535', isPort],
  POOL_SIZE: ['a whole number above 0', (text) => /^[1-9]\d*$/.test(text)],
  CACHE: ['true or false', (text) => ['true', 'false'].includes(text)],
  DB_PASSWORD_FILE: ['the name of a file', (text) => text !== ''],
};

const wrong = [];
for (const [name, [wanted, fits]] of Object.entries(rules)) {
  const text = given[name];
  const found = text === undefined ? 'it is not set' : `it is "${text}"`;
  if (text === undefined || !fits(text))
    wrong.push(`${name} must be ${wanted}, but ${found}`);
}

for (const sentence of wrong)
  console.log(JSON.stringify({ level: 'fatal', msg: sentence }));
if (wrong.length > 0) process.exitCode = 1;
else console.log(JSON.stringify({ level: 'info', msg: 'listening' }));
