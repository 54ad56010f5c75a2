// What a shell says instead of running a script. bash translates its messages; those in Korean are of bash 5.2 and coreutils 9.1.

/** Why there is no output: the file was not found, or the shell answered with errors of its own, in English or in Korean. */
export type ShellProblem = 'script-not-found' | 'shell-error' | 'korean-shell';

const hangul = /[가-힣]/;
const koreanMessages = [
  '명령어를 찾을 수 없음',
  '그런 파일이나 디렉터리가 없습니다',
  '허가 거부',
  '명령을 허용하지 않음',
  '문법 오류',
  '바꿀 수 없음',
  '너무 많음',
];
const koreanPlace = /: (?:줄 \d{1,7}|행 \d{1,7}번): /;
const missing = /\.sh['’]?: (?:No such file or directory|그런 파일이나 디렉터리가 없습니다)$/;
const english = [': command not found', ': not found', ': Permission denied', ': No such file or directory'];
const isEnglish = (line: string) =>
  english.some((end) => line.endsWith(end)) ||
  line.startsWith('zsh: command not found: ') ||
  line.includes(': syntax error near unexpected token ') ||
  line.includes(': Syntax error: ');

/** Whether a line is a message of a shell or a tool in Korean. */
export function isKoreanMessage(line: string): boolean {
  return hangul.test(line) && (koreanPlace.test(line) || koreanMessages.some((message) => line.includes(message)));
}

/** What the shell said in a text without any output of a script; nothing where it said nothing that is known. Looks at the last lines only. */
export function shellProblem(lines: readonly string[]): ShellProblem | undefined {
  const seen = lines.slice(-200).map((line) => line.slice(0, 400));
  if (seen.some((line) => missing.test(line))) return 'script-not-found';
  if (seen.some(isKoreanMessage)) return 'korean-shell';
  if (seen.some(isEnglish)) return 'shell-error';
  return undefined;
}
