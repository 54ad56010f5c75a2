import { parseRecording } from '../../runtime/transcript.ts';

/** A recording of a lab, ready to be shown. */
export interface LabRecording {
  environment: string;
  /** Facts about the machine, in the order of the file. */
  header: Record<string, string>;
  /** What the script printed. */
  output: string;
  command: string;
  code: number;
}

/** Checks that a recording skipped, or that failed in it. */
const gaps = ({ output }: LabRecording): number => output.match(/^(?:not ok|ok \d+ - \S+ # SKIP)/gm)?.length ?? 0;
const isRoot = ({ header }: LabRecording): boolean => header['user']?.startsWith('root') ?? false;

/**
 * Reads the recordings of a lab. The first is the one that a reader should see: nothing skipped, and as a normal user. Throws with the
 * file's name where one cannot be read.
 */
export function labRecordings(id: string, recorded: Readonly<Record<string, string>>): LabRecording[] {
  return Object.entries(recorded)
    .map(([environment, text]) => {
      const { header, runs } = parseRecording(text);
      const [run] = runs;
      if (!run) throw new Error(`labs/${id}/recorded/${environment}.txt has no run.`);
      return { environment, header, output: run.output, command: run.command, code: run.code };
    })
    .sort(
      (one, other) =>
        gaps(one) - gaps(other) ||
        Number(isRoot(one)) - Number(isRoot(other)) ||
        one.environment.localeCompare(other.environment, 'en', { numeric: true }),
    );
}
