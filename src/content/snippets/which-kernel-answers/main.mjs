// Three services on one machine. Each list leads down from one of them.
const apps = ['market', 'talk', 'thumb'];

const onHost = (app) => [app, 'host kernel'];
const ownVm = (app) => [app, `${app} kernel`, 'hypervisor', 'host kernel'];
const places = {
  process: onHost,
  container: onHost, // the same kernel, but with another view of it
  'VM each': ownVm,
  'Docker Desktop': (app) => [app, 'VM kernel', 'hypervisor', 'host kernel'],
  'Apple container': ownVm,
  Kata: ownVm,
  gVisor: (app) => [app, `${app} Sentry`, 'host kernel'],
  // TRY: a VM of its own for thumb, and another one for the other two
};

// A system call goes down to the first kernel, and no further by itself.
const isKernel = (layer) => /kernel$|Sentry$/.test(layer);

function row(...cells) {
  console.log(
    cells
      .map((cell) => cell.padEnd(17))
      .join('')
      .trimEnd(),
  );
}

row('place', 'answers thumb', 'falls with it');
for (const [place, downFrom] of Object.entries(places)) {
  const fallen = downFrom('thumb').find(isKernel);
  const lost = apps.filter((app) => downFrom(app).includes(fallen));
  if (fallen === 'host kernel') lost.push('+ the machine');
  row(place, fallen, lost.join(' '));
}
