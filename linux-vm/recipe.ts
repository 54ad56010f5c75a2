/** What the machine in the tab is made of. What decides its content stands here and in guest/; the other files say how it is put together. */

export const architecture = 'i386';

/** The meta package of Debian's kernel for 32-bit PCs; it names the current one. Debian 12 is the last release that has it. */
export const kernelPackage = 'linux-image-686';

/** Modules that the guest loads, and what they need, in the order in which they need each other. */
export const modules = ['virtio_pci', '9pnet_virtio', '9p', 'overlay', 'veth'];

const libraries = './usr/lib/i386-linux-gnu';
const runtime = (...names: string[]) => names.map((name) => `./lib/i386-linux-gnu/${name}`);

/**
 * Packages to the files that are taken from them, as patterns of tar. Debian's own layout, `/bin` being a link to `/usr/bin`; the
 * patterns name the files where the packages of Debian 12 have them.
 */
export const files: Readonly<Record<string, readonly string[]>> = {
  'base-files': ['./etc/debian_version', './etc/os-release', './usr/lib/os-release'],
  // The static ones: a program is started a third faster, which counts where each start takes a twentieth of a second.
  'bash-static': ['./bin/bash-static'],
  'busybox-static': ['./bin/busybox'],
  coreutils: ['./usr/bin/nice'],
  libc6: ['./lib/ld-linux.so.2', ...runtime('ld-linux.so.2', 'libc.so.6', 'libresolv.so.2')],
  // C.UTF-8, so that the terminal takes Korean.
  'libc-bin': ['./usr/lib/locale/C.utf8'],
  'libcap-ng0': runtime('libcap-ng.so.0*'),
  libsmartcols1: [`${libraries}/libsmartcols.so.1*`],
  // For ncurses-base, whose copyright file is a link to this one.
  libtinfo6: ['./usr/share/doc/libtinfo6/copyright'],
  'ncurses-base': ['./lib/terminfo/x/xterm-256color', './lib/terminfo/d/dumb'],
  'util-linux': ['./usr/bin/flock', './usr/bin/prlimit', './usr/bin/setpriv', './usr/bin/unshare'],
};

/** Needed to boot once, and no part of the image: a restored machine never runs its BIOS again. */
export const firmware = { package: 'seabios', file: './usr/share/seabios/bios.bin' };

/** Memory of the emulated PC, in MiB. SeaBIOS keeps the top 16 for itself. A power of two is not needed. */
export const memoryMiB = 128;

/**
 * The machine that a snapshot is restored into must be the one that it was taken of: v86 keeps no description of it in the snapshot.
 * `filesystem: {}` is the 9p share through which files come in.
 */
export const machineOptions = {
  memory_size: memoryMiB << 20,
  vga_memory_size: 1 << 20,
  uart1: true,
  acpi: false,
  fastboot: true,
  disable_keyboard: true,
  disable_mouse: true,
  disable_speaker: true,
  filesystem: {},
} as const;

export const commandLine = [
  'console=ttyS0',
  // For the labs that would harm any other machine: they begin only where these words are. The kernel itself does not know them.
  'lab.machine=throw-away',
  'quiet',
  // What a lab provokes (an OOM kill) belongs into dmesg and not into the middle of its output.
  'loglevel=3',
  // Pages that were freed hold zeros and not what was in them: half of the snapshot otherwise.
  'init_on_free=1',
  'init_on_alloc=0',
  'nokaslr',
  'mitigations=off',
  'tsc=reliable',
  'audit=0',
  'lsm=',
  'nosmp',
  'noapic',
  'nomodeset',
  'noreplace-smp',
  'preempt=none',
  'nowatchdog',
  'transparent_hugepage=never',
  'zswap.enabled=0',
  'random.trust_cpu=on',
  'cryptomgr.notests=1',
  'rcupdate.rcu_expedited=1',
  // Drivers for hardware that is not there, and tracefs, whose ten thousand inodes would be a megabyte of the snapshot.
  'initcall_blacklist=tracer_init_tracefs,isapnp_init,init_ima,init_evm,agp_init,i8042_init,mousedev_init,shpcd_init,zswap_init,ksm_init',
].join(' ');
