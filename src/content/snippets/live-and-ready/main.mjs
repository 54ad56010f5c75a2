// One server, three pages about its health. Then the database gets slow.
import http from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

let databaseMs = 5;
const askDatabase = () => pause(databaseMs, 200);

const pages = {
  '/livez': () => 200, // about this process, and nothing else
  '/readyz': () => Promise.race([askDatabase(), pause(200, 503)]),
  '/health': () => askDatabase(), // waits as long as the database does
};
const server = http.createServer(async (request, response) => {
  response.statusCode = (await pages[request.url]?.()) ?? 404;
  response.end();
});
await new Promise((done) => server.listen(0, '127.0.0.1', done));
const { port } = server.address();

const check = (path) =>
  new Promise((resolve) => {
    const url = `http://127.0.0.1:${port}${path}`;
    const request = http.get(url, { agent: false }, (response) =>
      response.resume().on('end', () => resolve(response.statusCode)),
    );
    request.setTimeout(500, () => request.destroy());
    request.on('error', () => resolve('timeout'));
  });

const actions = { '/readyz': 'no traffic' }; // of the others: restart
const delays = [5, 1500]; // TRY: [5, 300]
for (databaseMs of delays) {
  console.log(`database answers after ${databaseMs} ms`);
  for (const path in pages) {
    const seen = [await check(path), await check(path), await check(path)];
    const action = seen.includes(200) ? 'fine' : (actions[path] ?? 'restart');
    console.log(`${path} ${seen.join(' ')} -> ${action}`);
  }
}
server.close();
