/** The machine of a lab in the browser in words. */
import type { VmState } from '../../runtime/linux-vm/client.ts';
import type { ImageManifest, ImagePackage } from '../../runtime/linux-vm/image.ts';
import { seconds } from './run-snippet-words.ts';
import type { Translate } from './strings.ts';

/** Starting, or running a lab: the machine's states in which a press on Run has nothing to do. */
const busy: readonly VmState['name'][] = ['downloading', 'verifying', 'restoring', 'running'];

export const isBusy = ({ name }: VmState): boolean => busy.includes(name);

/** Whether there is a machine that takes keys, or will be. */
export const isAlive = (state: VmState): boolean =>
  isBusy(state) || state.name === 'prompt' || (state.name === 'ended' && state.alive);

/**
 * One sentence or two for a state. Why a machine failed stands beside it, in the words of its cause.
 *
 * @param file name of the lab's script
 * @param run whether the lab is run; else it only lies there
 */
export function stateWords(t: Translate, state: VmState, file: string, run: boolean): string {
  switch (state.name) {
    case 'idle':
    case 'failed':
      return t('vm.off');
    case 'downloading':
      return t('vm.state.downloading', { total: megabytes(state.total) });
    case 'prompt':
      return run ? t('vm.state.running') : t('vm.state.prompt', { file });
    case 'ended':
      return endWords(t, state);
    default:
      return t(`vm.state.${state.name}`);
  }
}

function endWords(t: Translate, { result, alive }: Extract<VmState, { name: 'ended' }>): string {
  const words: string[] = [];
  if (result.outcome === 'exited')
    words.push(t('vm.ended', { seconds: seconds(result.durationMs), code: result.code }));
  else if (result.outcome === 'stopped')
    words.push(t(result.by === 'timeout' ? 'vm.stopped.timeout' : 'vm.stopped.user'));
  if (result.outcome !== 'failed' && result.truncated) words.push(t('vm.truncated'));
  words.push(t(alive ? 'vm.type-on' : 'vm.off'));
  return words.join(' ');
}

/** How far the download is, such as "2.1 of 8.1 MB". */
export function progressWords(t: Translate, bytes: number, total: number): string {
  return t('vm.progress', { done: megabytes(bytes), total: megabytes(total) });
}

/** Such as "Linux 6.1, Debian 12, in your browser". */
export function machineWords(t: Translate, { kernel, debian }: Pick<ImageManifest, 'kernel' | 'debian'>): string {
  const linux = `Linux ${/^\d+\.\d+/.exec(kernel)?.[0] ?? kernel}`;
  return t('vm.machine', { linux, debian: `Debian ${debian.split('.')[0]}` });
}

/** What a reader may want to know the version of: package of Debian to the name that its program goes by. */
const known: readonly (readonly [name: string, shown: string])[] = [
  ['bash-static', 'bash'],
  ['bash', 'bash'],
  ['busybox-static', 'BusyBox'],
  ['coreutils', 'coreutils'],
  ['util-linux', 'util-linux'],
  ['libc6', 'glibc'],
];

/** Such as ["bash 5.2.15", "BusyBox 1.35.0"], of those that the image has. */
export function programVersions(packages: readonly Pick<ImagePackage, 'name' | 'version'>[]): string[] {
  return known.flatMap(([name, shown]) => {
    const version = packages.find((one) => one.name === name)?.version;
    return version === undefined ? [] : [`${shown} ${upstream(version)}`];
  });
}

/** "1:1.35.0-4+deb12u1+b1" to "1.35.0": without Debian's epoch, which stands before, and its own revision behind. */
function upstream(version: string): string {
  return version.replace(/^\d+:/, '').replace(/-[^-]*$/, '');
}

/** In millions of bytes, as downloads are counted. */
export function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
