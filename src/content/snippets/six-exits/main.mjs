// Five questions, from the top. The first answer that fits is an exit.
const ladder = [
  ['static files, or a function now and then?', true, 'static, serverless'],
  ['does a managed platform run it as it is?', true, 'managed platform'],
  ['foreign code, or a kernel of its own?', true, 'VM or microVM'],
  ['a pain that a standard box would end?', false, 'one VM, systemd'],
  ['people to patch images and answer alarms?', false, 'managed containers'],
];
const last = 'our own containers';

function exit(answers) {
  const at = ladder.findIndex(([, leaves], step) => answers[step] === leaves);
  return ladder[at]?.[2] ?? last;
}

// Which answers, changed alone, lead to another exit?
function hangsOn(answers) {
  const numbers = answers.map((_, at) => at + 1);
  const change = (number) => answers.with(number - 1, !answers[number - 1]);
  return numbers.filter((number) => exit(change(number)) !== exit(answers));
}

const [yes, no] = [true, false];
const services = {
  'event page': [yes, no, no, no, no],
  'admin tool': [no, yes, no, yes, no],
  'seller plug-ins': [no, no, yes, yes, yes],
  'nightly report': [no, no, no, no, yes],
  'market-api': [no, no, no, yes, yes],
  // TRY: a service of your own
};

for (const [name, answers] of Object.entries(services)) {
  const words = `${name.padEnd(16)} ${exit(answers).padEnd(19)}`;
  console.log(`${words} hangs on ${hangsOn(answers).join(' ')}`);
}
