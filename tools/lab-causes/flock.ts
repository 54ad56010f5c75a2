import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { asUser, userMade, withNode } from '../lab-environments.ts';
import { labsFolder } from '../labs.ts';
import type { Caused, Derived } from './index.ts';

/** flock(1) of util-linux ends with 71 (EX_OSERR) when the kernel answers ENOLCK. */
const refusingFlock = '#!/bin/sh\necho "flock: $2: No locks available" >&2\nexit 71\n';

export const caused: Caused[] = [
  {
    id: 'no-flock',
    made: `${userMade}, no flock on the PATH`,
    lab: 'flock',
    cause: 'no-flock',
    wrap: asUser,
    path: (box, nodeFolder) => withNode(nodeFolder, box.programsWithout('flock')),
  },
  {
    id: 'stand-in-flock',
    made: `${userMade}, a stand-in for flock on the PATH that answers as on a share without locks (no such share at hand)`,
    lab: 'flock',
    cause: 'file-system-without-locks',
    wrap: asUser,
    path: (box, nodeFolder) => [
      box.standIn('flock', refusingFlock),
      ...withNode(nodeFolder, box.programsWithout('flock')),
    ],
  },
];

const recording = join(labsFolder, 'flock', 'recorded', 'debian-12-user.txt');
const recorded = existsSync(recording) ? readFileSync(recording, 'utf8') : '';

/** The line of a fact in the recording: how many updates were lost is another number in every run. */
const line = (key: string) => new RegExp(`^${key}=\\d+$`, 'm').exec(recorded)?.[0] ?? `${key}=`;

/** No machine at hand loses nothing in three attempts. */
export const derived: Derived[] = [
  {
    lab: 'flock',
    cause: 'nothing-was-lost',
    changes: [
      [line('attempts'), 'attempts=3'],
      [line('counted'), 'counted=200'],
      [line('lost'), 'lost=0'],
      [
        'race=lost\nok 1 - updates-are-lost',
        'race=lucky\nok 1 - updates-are-lost # SKIP nothing was lost in three attempts',
      ],
    ],
  },
];
