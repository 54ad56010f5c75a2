// fork asks four gatekeepers. Each counts something else; one "no" is enough.
const perNode = 7; // threads of an idle Node process on Linux

function upload(photos, { uid = 1000, pidsMax = 256 } = {}) {
  const counts = { user: 310, machine: 900, group: 240 }; // before the upload
  const gates = () => [
    ['RLIMIT_NPROC', uid === 0 ? Infinity : 4096 - counts.user], // TRY: 320
    ['threads-max', 192_731 - counts.machine],
    ['pid_max', 32_768 - counts.machine],
    ['pids.max', pidsMax - counts.group],
  ];

  let started = 0;
  let tasks = 0;
  while (started < photos) {
    const refused = gates().find(([, room]) => room < 1);
    if (refused) return { started, by: refused[0] };
    for (const counter of Object.keys(counts)) counts[counter] += 1;
    tasks += 1;
    if (tasks % perNode === 0) started += 1;
  }
  return { started, by: 'nobody' };
}

function report(title, photos, options) {
  const { started, by } = upload(photos, options);
  console.log(`${title}: ${started} of ${photos} started, refused by ${by}`);
}

report('as uid 1000   ', 40);
report('as root       ', 40, { uid: 0 });
report('pids.max = max', 40, { pidsMax: Infinity });
report('a big campaign', 600, { pidsMax: Infinity });
report('and as root   ', 9000, { pidsMax: Infinity, uid: 0 });
