// Ten requests, one after the other. How many TCP connections do they cost?
import http from 'node:http';

let connections = 0;
const server = http.createServer((_request, response) => response.end('photo'));
server.on('connection', () => connections++);
await new Promise((done) => server.listen(0, '127.0.0.1', done));
const { port } = server.address();

function get(agent) {
  return new Promise((resolve, reject) => {
    const request = http.get({ host: '127.0.0.1', port, agent }, (response) => {
      response.resume(); // unread bytes would keep the connection busy
      response.on('end', () => setImmediate(resolve));
    });
    request.on('error', reject);
  });
}

async function count(label, options) {
  connections = 0;
  const agent = new http.Agent(options);
  for (let i = 0; i < 10; i++) await get(agent); // TRY: all ten at once
  agent.destroy();
  console.log(`${label}: requests=10 connections=${connections}`);
}

await count('keepAlive false', { keepAlive: false });
await count('keepAlive true', { keepAlive: true });
server.close();
