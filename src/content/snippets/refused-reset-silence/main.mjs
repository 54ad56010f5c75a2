// Three servers that do not help, and what each client gets to see.
import net from 'node:net';

const listen = (onClient) =>
  new Promise((resolve) => {
    const server = net.createServer((socket) => {
      socket.on('error', () => {});
      onClient(socket);
    });
    server.listen(0, '127.0.0.1', () => resolve(server));
  });

function visit(port) {
  return new Promise((resolve) => {
    const steps = [];
    const socket = net.connect({ port, host: '127.0.0.1', timeout: 1000 });
    socket.on('connect', () => steps.push('connected'));
    socket.write('hello'); // waits until there is a connection
    socket.on('timeout', () => socket.destroy(new Error('our own timeout')));
    socket.on('error', (error) => steps.push(error.code ?? error.message));
    socket.on('close', () => resolve(steps.join(', then ')));
  });
}

const closed = await listen(() => {});
const { port } = closed.address();
await new Promise((done) => closed.close(done)); // now nobody listens there
console.log('nobody listens:', await visit(port));

const rude = await listen((socket) => {
  socket.once('data', () => socket.resetAndDestroy()); // TRY: socket.end()
});
console.log('server hangs up:', await visit(rude.address().port));

const silent = await listen(() => {});
console.log('server stays silent:', await visit(silent.address().port));
rude.close();
silent.close();
