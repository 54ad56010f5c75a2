// One error, logged in two ways. A log collector reads lines, not meanings:
// where a line ends, an event ends.
Error.stackTraceLimit = 3;

function charge(order) {
  throw new Error(`card refused for order ${order}`);
}
function handle(request) {
  try {
    charge(request.order);
  } catch (error) {
    return { error, request };
  }
}

const incoming = { id: 'r-8f3', order: 17, card: '4111-1111' };
const { error, request } = handle(incoming);

const asText = `request r-8f3 failed\n${error.stack}`;
const asJson = JSON.stringify({
  level: 'error',
  msg: 'request failed',
  request: request.id, // TRY: request, without .id
  stack: error.stack,
});

for (const [way, written] of Object.entries({ text: asText, json: asJson })) {
  const events = written.split('\n');
  const found = events.filter((event) => event.includes('r-8f3'));
  const hasCause = found.some((event) => event.includes('card refused'));
  console.log(`${way}: events=${events.length} found_by_id=${found.length}`);
  console.log(`${way}: the event that is found says why: ${hasCause}`);
  console.log(`${way}: holds a card number: ${written.includes('4111')}`);
}
