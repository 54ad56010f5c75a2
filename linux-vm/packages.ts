/**
 * Fetches the guest's packages from this machine's own apt sources: no root, no mirror named here, nothing of the machine's own apt
 * state touched. apt checks the signatures of the indexes and the hashes of the packages; this file decides what happens when one does
 * not fit.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { architecture, files, firmware, kernelPackage } from './recipe.ts';

/** A package as it was fetched. */
export interface FetchedPackage {
  name: string;
  version: string;
  file: string;
  bytes: number;
  sha256: string;
  /** Name and version of the source package. */
  source: string;
  /** Source packages whose code is linked in statically, such as "glibc (= 2.36-9)". */
  builtUsing: string[];
}

/** What stops a build, as a sentence for whoever started it. */
export class BuildFailure extends Error {
  override readonly name = 'BuildFailure';
}

export interface FetchOptions {
  /** Where apt's private state and the packages go. */
  folder: string;
  /** A file in the format of sources.list (`.list` or `.sources`), or a folder of such, instead of the machine's own sources. */
  sources?: string | undefined;
  /** Whether an index that cannot be verified stops the build, after all tries. */
  strict: boolean;
  log: (line: string) => void;
}

/** A release waits for the mirror; whoever only wants to try the machine does not. */
const tries = { strict: 5, lenient: 2 };

/** Why no image can be built on this machine; nothing where it can. */
export function whyNotHere(): string | undefined {
  for (const program of ['apt-get', 'apt-cache', 'apt-config', 'dpkg-deb', 'tar', 'xz'])
    if (spawnSync(program, ['--version'], { stdio: 'ignore' }).error)
      return `${program} is not installed. The image is made of Debian packages, on Debian 12 with xz-utils or in a container of it (docs/linux-vm.md).`;
  return undefined;
}

export interface Fetched {
  kernel: FetchedPackage;
  firmware: FetchedPackage;
  /** By the name of the package. */
  programs: Record<string, FetchedPackage>;
  /** What apt said of indexes that it could not verify and so did not use; empty where all could be. */
  unverified: string;
}

/** Fetches the newest version of every package. Throws a `BuildFailure` that says what to do. */
export async function fetchPackages(options: FetchOptions): Promise<Fetched> {
  const apt = new PrivateApt(options);
  const unverified = await apt.update();
  const kernel = apt.kernel();
  const [first, second, ...programs] = apt.download([kernel, firmware.package, ...Object.keys(files)]);
  if (!first || !second) throw new BuildFailure(`${kernel} was not fetched`);
  return {
    kernel: first,
    firmware: second,
    programs: Object.fromEntries(programs.map((one) => [one.name, one])),
    unverified,
  };
}

/**
 * Fetches source packages as they are, such as "busybox=1:1.35.0-4+deb12u1", into a folder: what whoever publishes the image owes its readers.
 * The machine's apt sources are taken with their `deb-src` side, which Debian leaves off by default.
 */
export async function fetchSources(options: FetchOptions, names: readonly string[], into: string): Promise<void> {
  rmSync(into, { recursive: true, force: true });
  mkdirSync(into, { recursive: true });
  const apt = new PrivateApt({ ...options, sources: withSourcePackages(options) });
  await apt.update();
  apt.downloadSources(names, into);
}

/** All apt sources in one file, each for programs and for source packages. */
function withSourcePackages({ folder, sources }: FetchOptions): string {
  const configured = (name: string, kind: string) =>
    /^NAME='(.*)'$/m.exec(execFileSync('apt-config', ['shell', 'NAME', `${name}/${kind}`], { encoding: 'utf8' }))?.[1];
  const list = configured('Dir::Etc::sourcelist', 'f');
  const parts = configured('Dir::Etc::sourceparts', 'd');
  const own = parts && existsSync(parts) ? readdirSync(parts).map((name) => join(parts, name)) : [];
  const files = sources ? [sources] : [...(list && existsSync(list) ? [list] : []), ...own];
  const into = join(folder, 'sources.d');
  rmSync(into, { recursive: true, force: true });
  mkdirSync(into, { recursive: true });
  for (const file of files.filter((one) => /\.(?:list|sources)$/.test(one))) {
    const text = readFileSync(file, 'utf8')
      .replace(/^Types:.*$/gm, 'Types: deb deb-src')
      .replace(/^deb (.*)$/gm, 'deb $1\ndeb-src $1');
    writeFileSync(join(into, basename(file)), text);
  }
  return into;
}

class PrivateApt {
  readonly #options: FetchOptions;
  readonly #debs: string;
  readonly #environment: NodeJS.ProcessEnv;

  constructor(options: FetchOptions) {
    this.#options = options;
    this.#debs = join(options.folder, 'debs');
    const configuration = join(options.folder, 'apt.conf');
    for (const path of ['lists/partial', 'cache/archives/partial', 'debs'])
      mkdirSync(join(options.folder, path), { recursive: true });
    writeFileSync(join(options.folder, 'status'), '');
    writeFileSync(configuration, this.#configuration());
    this.#environment = { ...process.env, APT_CONFIG: configuration, LC_ALL: 'C' };
  }

  /**
   * Brings the indexes. One may be out of step with its signature for a while, when a mirror is just being updated: so it is tried
   * again. What then still cannot be verified is not used by apt; a strict build stops.
   */
  async update(): Promise<string> {
    const last = this.#options.strict ? tries.strict : tries.lenient;
    let said = '';
    for (let attempt = 1; attempt <= last; attempt++) {
      const { status, stderr } = this.#try(['apt-get', '-qq', '-o', 'APT::Update::Error-Mode=any', 'update']);
      if (status === 0) return '';
      said = withoutHosts(stderr);
      this.#options.log(`apt-get update, attempt ${attempt} of ${last}: ${firstError(said)}`);
      // A half-updated mirror must not be answered from what was already fetched.
      rmSync(join(this.#options.folder, 'lists', 'partial'), { recursive: true, force: true });
      mkdirSync(join(this.#options.folder, 'lists', 'partial'), { recursive: true });
      if (attempt < last) await after(3000 * attempt ** 2);
    }
    if (this.#options.strict)
      throw new BuildFailure(`An index of packages could not be verified, so nothing is built from it.\n${said}`);
    this.#options.log('Going on with the indexes that could be verified. A release build (--release) would stop here.');
    return said;
  }

  /** The package that the kernel's meta package stands for, such as "linux-image-6.1.0-50-686". */
  kernel(): string {
    const { stdout } = this.#try(['apt-cache', 'depends', kernelPackage]);
    const found = /Depends: (linux-image-\S+)/.exec(stdout)?.[1];
    if (found) return found;
    throw new BuildFailure(
      `The apt sources of this machine have no ${kernelPackage} for ${architecture}: Debian 12 is the last release with a 32-bit kernel.\n` +
        'Build in a container of Debian 12, or name its sources with --sources FILE (docs/linux-vm.md).',
    );
  }

  download(names: readonly string[]): FetchedPackage[] {
    const { status, stderr } = this.#try(['apt-get', '-qq', '-o', 'Acquire::Retries=3', 'download', ...names]);
    if (status !== 0) throw new BuildFailure(`A package could not be fetched.\n${withoutHosts(stderr)}`);
    return names.map((name) => this.#describe(name));
  }

  downloadSources(names: readonly string[], into: string): void {
    const { status, stderr } = this.#try(
      ['apt-get', '-qq', '-o', 'Acquire::Retries=3', 'source', '--download-only', ...names],
      into,
    );
    if (status !== 0) throw new BuildFailure(`A source package could not be fetched.\n${withoutHosts(stderr)}`);
  }

  #describe(name: string): FetchedPackage {
    const file = readdirSync(this.#debs)
      .filter((one) => one.startsWith(`${name}_`))
      .map((one) => join(this.#debs, one))
      .find((one) => field(one, 'Version') === this.#candidate(name));
    if (!file) throw new BuildFailure(`${name} was not fetched`);
    const content = readFileSync(file);
    const version = field(file, 'Version');
    const source = field(file, 'Source') || name;
    return {
      name,
      version,
      file,
      bytes: content.length,
      sha256: createHash('sha256').update(content).digest('hex'),
      source: source.includes('(') ? source.replace(/ \((.*)\)$/, ' $1') : `${source} ${version}`,
      builtUsing: field(file, 'Built-Using').split(', ').filter(Boolean),
    };
  }

  #candidate(name: string): string {
    const { stdout } = this.#try(['apt-cache', 'policy', name]);
    return /Candidate: (\S+)/.exec(stdout)?.[1] ?? '';
  }

  #try([command = '', ...args]: string[], cwd = this.#debs): { status: number | null; stdout: string; stderr: string } {
    const options = { cwd, env: this.#environment, encoding: 'utf8', maxBuffer: 1 << 28 } as const;
    return spawnSync(command, args, options);
  }

  /**
   * The machine's own configuration, since that is where a proxy or a certificate stands, with everything private that a build
   * could change. Hooks are left out: they belong to the machine's own packages.
   */
  #configuration(): string {
    const { folder, sources } = this.#options;
    const own = execFileSync('apt-config', ['dump'], { encoding: 'utf8' })
      .split('\n')
      .filter(
        (line) =>
          !/^(?:APT::(?:Architectures?|Update|Sandbox|Default-Release)|DPkg|Dir::(?:State|Cache))\b/i.test(line),
      );
    const set = {
      'APT::Architecture': architecture,
      'APT::Architectures::': architecture,
      'APT::Sandbox::User': 'root',
      'Acquire::Languages': 'none',
      'Dir::State': folder,
      'Dir::State::lists': join(folder, 'lists'),
      'Dir::State::status': join(folder, 'status'),
      'Dir::Cache': join(folder, 'cache'),
      'Dir::Etc::parts': '/dev/null',
      'Dir::Etc::main': '/dev/null',
      'Dir::Etc::preferences': '/dev/null',
      'Dir::Etc::preferencesparts': '/dev/null',
      ...(sources && sourcesAt(sources)),
    };
    return [...own, ...Object.entries(set).map(([name, value]) => `${name} "${value}";`), ''].join('\n');
  }
}

function sourcesAt(path: string): Record<string, string> {
  return statSync(path).isDirectory()
    ? { 'Dir::Etc::sourcelist': '/dev/null', 'Dir::Etc::sourceparts': path }
    : { 'Dir::Etc::sourcelist': path, 'Dir::Etc::sourceparts': '/dev/null' };
}

function field(deb: string, name: string): string {
  return execFileSync('dpkg-deb', ['-f', deb, name], { encoding: 'utf8' }).trim().replace(/\s+/g, ' ');
}

function firstError(text: string): string {
  return text.split('\n').find((line) => /^[EW]:/.test(line)) ?? text.split('\n')[0] ?? '';
}

/** Which mirror it was is nobody's business but the machine's. */
function withoutHosts(text: string): string {
  return text
    .replace(/\b[a-z+]+:\/\/[^\s/]+/g, '(mirror)')
    .replace(/ \[IP: [^\]]*\]/g, '')
    .trim();
}
