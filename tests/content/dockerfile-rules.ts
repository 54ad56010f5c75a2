/** What the course teaches about Dockerfiles, as rules. That a builder would accept the file at all is the linter's part. */
import { DockerfileParser, type From, type Instruction, type ModifiableInstruction } from 'dockerfile-ast';

export interface DockerfileText {
  dockerfile: string;
  /** `.dockerignore`; undefined where there is none. */
  ignore: string | undefined;
}

interface Stage {
  from: From;
  instructions: Instruction[];
}

const of = (stage: Stage | undefined, ...keywords: string[]) =>
  (stage?.instructions ?? []).filter((one) => keywords.includes(one.getKeyword()));
const words = (one: Instruction) => one.getArgumentsContent() ?? '';
/** Flags of FROM, COPY and RUN, such as "platform" and "from". */
const flags = (one: Instruction) =>
  'getFlags' in one ? (one as ModifiableInstruction).getFlags().map((flag) => flag.getName()) : [];

function stagesOf(dockerfile: string): Stage[] {
  const stages: Stage[] = [];
  for (const one of DockerfileParser.parse(dockerfile).getInstructions()) {
    if (one.getKeyword() === 'FROM') stages.push({ from: one as From, instructions: [] });
    else stages.at(-1)?.instructions.push(one);
  }
  return stages;
}

/** The last stage and the stages that it is built on, the last one first. */
function lineage(stages: readonly Stage[]): Stage[] {
  const found: Stage[] = [];
  let next = stages.at(-1);
  while (next && !found.includes(next)) {
    found.push(next);
    const below = next.from.getImage();
    next = stages.find(({ from }) => from.getBuildStage() === below);
  }
  return found;
}

/** COPY from the files of the project, and not from another stage. */
const copies = (stage: Stage) => of(stage, 'COPY', 'ADD').filter((one) => !flags(one).includes('from'));
const copiesAll = (one: Instruction) => /^\.\/? /.test(words(one));
const installs = (one: Instruction) => /\bnpm (?:ci|install|i)\b/.test(words(one));
const secretName = /(?:^|_)(?:TOKEN|SECRET|PASSWORD|PASSWD|KEY|CREDENTIALS?|AUTH)(?:_|$)/i;

type Rule = (stages: Stage[], text: DockerfileText) => boolean;

/** Whether a file breaks the rule, by the name of the rule. */
const broken: Record<string, Rule> = {
  // A tag says what it is, a digest which one it is. Without a digest, a comment right above has to say why.
  'base-not-pinned': (stages, { dockerfile }) =>
    stages.some(({ from }) => {
      const image = from.getImage();
      if (image === 'scratch' || stages.some((other) => other.from.getBuildStage() === image)) return false;
      const above = dockerfile.split('\n')[from.getRange().start.line - 1] ?? '';
      const tag = from.getImageTag();
      return !tag || tag === 'latest' || (!from.getImageDigest() && !above.startsWith('# not pinned:'));
    }),
  'no-stages': (stages) => stages.length < 2,
  // With a fixed platform the last stage is that of one machine, whatever the entry in the index says.
  'last-stage-platform': (stages) => lineage(stages).some(({ from }) => flags(from).includes('platform')),
  'runs-as-root': (stages) => {
    const users = lineage(stages).flatMap((stage) => of(stage, 'USER').slice(-1));
    return !users[0] || /^(?:root|0)(?::|$)/.test(words(users[0]));
  },
  'secret-in-image': (stages) =>
    stages
      .flatMap((stage) => of(stage, 'ARG', 'ENV'))
      .flatMap((one) => words(one).split(/\s+/))
      .some((word) => secretName.test(word.split('=')[0] ?? '')),
  'source-before-dependencies': (stages) =>
    stages.some((stage) => {
      const install = stage.instructions.find((one) => one.getKeyword() === 'RUN' && installs(one));
      if (!install) return false;
      const before = copies(stage).filter((one) => one.getRange().start.line < install.getRange().start.line);
      return before.some(copiesAll) || !before.some((one) => words(one).includes('package'));
    }),
  'install-ignores-lock': (stages) =>
    stages.some((stage) => of(stage, 'RUN').some((one) => /\bnpm (?:install|i)\b/.test(words(one)))),
  'shell-form': (stages) =>
    stages.flatMap((stage) => of(stage, 'CMD', 'ENTRYPOINT')).some((one) => !words(one).startsWith('[')),
  'ignore-misses-node-modules': (stages, { ignore }) =>
    stages.some((stage) => copies(stage).some(copiesAll)) && !ignore?.split('\n').includes('node_modules'),
};

export const rules = Object.keys(broken);

/** The rules that a Dockerfile breaks, in the order of the rules. */
export function brokenRules(text: DockerfileText): string[] {
  const stages = stagesOf(text.dockerfile);
  return rules.filter((rule) => broken[rule]?.(stages, text));
}
