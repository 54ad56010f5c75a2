// What `npm start` says, in the language of the terminal. It speaks before anything is installed, so it cannot use src/content/i18n.

/** @type {Record<string, { ko: string, en: string }>} */
export const sentences = {
  'old-node': {
    ko: '이 Node는 {{version}}이에요. 20.11 이상이 필요해요. https://nodejs.org 에서 새 버전을 설치하고 다시 실행해 주세요.',
    en: 'This Node is {{version}}; 20.11 or newer is needed. Install one from https://nodejs.org and run it again.',
  },
  'bad-option': {
    ko: '{{error}}\n쓰는 법: npm start -- [--port 4321] [--no-build] [--no-linux]',
    en: '{{error}}\nUsage: npm start -- [--port 4321] [--no-build] [--no-linux]',
  },
  'bad-port': {
    ko: '--port {{port}}: 1부터 65535까지의 수를 적어 주세요.',
    en: '--port {{port}}: give a number from 1 to 65535.',
  },
  installing: {
    ko: '필요한 패키지를 설치해요. 처음 한 번은 1분쯤 걸려요.',
    en: 'Installing the packages. The first time takes about a minute.',
  },
  'install-failed': {
    ko: '패키지를 설치하지 못했어요. 인터넷 연결을 확인하고 npm start를 다시 실행해 주세요. 바뀐 것은 없어요.',
    en: 'The packages could not be installed. Check the internet connection and run npm start again; nothing was lost.',
  },
  building: {
    ko: '사이트를 만들어요. 10초쯤 걸려요.',
    en: 'Building the site. This takes about 10 seconds.',
  },
  'build-failed': {
    ko: '사이트를 만들지 못했어요. 위에 나온 오류를 고치고 npm start를 다시 실행해 주세요.',
    en: 'The site could not be built. Correct the error above and run npm start again.',
  },
  'not-built': {
    ko: '만들어 둔 사이트가 없어요. --no-build 없이 npm start를 실행해 주세요.',
    en: 'There is no finished build. Run npm start without --no-build.',
  },
  'no-port': {
    ko: '{{port}}번부터 빈 포트를 찾지 못했어요({{error}}). npm start -- --port 8080 처럼 다른 번호를 정해 주세요.',
    en: 'No free port was found from {{port}} on ({{error}}). Choose another one, such as npm start -- --port 8080.',
  },
  'port-taken': {
    ko: '{{port}}번 포트는 다른 프로그램이 쓰고 있어서 다음 포트로 열어요.',
    en: 'Port {{port}} is taken, so this uses the next free one.',
  },
  ready: {
    ko: '\n  {{url}}\n\n브라우저에서 위 주소를 여세요. Ctrl-C를 누르면 끝나요.',
    en: '\n  {{url}}\n\nOpen this address in a browser. Ctrl-C stops it.',
  },
  'linux-building': {
    ko: '\n브라우저에서 실습을 돌릴 리눅스를 뒤에서 만들고 있어요. 몇 분 걸려요. 사이트는 지금 써도 돼요. 만들지 않으려면 npm start -- --no-linux 로 시작하세요.',
    en: '\nBuilding the Linux that runs the labs in the browser, in the background. It takes a few minutes; the site is usable now. npm start -- --no-linux leaves it out.',
  },
  'linux-ready': {
    ko: '리눅스가 {{seconds}}초 만에 준비됐어요. 실습 페이지에 실행 단추가 곧 나타나요.',
    en: 'The Linux is ready after {{seconds}} s. A button to run appears on the pages of the labs.',
  },
  'linux-failed': {
    ko: '리눅스를 만들지 못했어요. 사이트의 나머지는 그대로 쓸 수 있고, npm run vm:build 로 다시 만들 수 있어요. {{error}}',
    en: 'The Linux could not be built. The rest of the site works without it, and npm run vm:build tries again. {{error}}',
  },
  'linux-under-way': {
    ko: '\n브라우저에서 실습을 돌릴 리눅스는 다른 프로세스가 만들고 있어요. 다 되면 실습 페이지에 실행 단추가 나타나요.',
    en: '\nAnother process is building the Linux that runs the labs in the browser. A button to run appears on the pages of the labs when it is done.',
  },
  'linux-lacks-program': {
    ko: '\n브라우저에서 실습을 돌릴 리눅스는 만들지 않아요. {{error}}',
    en: '\nThe Linux that runs the labs in the browser is not built. {{error}}',
  },
  'linux-other-system': {
    ko: '\n브라우저에서 실습을 돌릴 리눅스는 Debian 12에서 만들어요. 여기서는 Docker로 npm run vm:container 를 한 번 실행하면 돼요. 사이트는 그것 없이도 쓸 수 있어요.',
    en: '\nThe Linux that runs the labs in the browser is built on Debian 12. Here, npm run vm:container does it once with Docker; the site is usable without it.',
  },
};

/** "ko" where the terminal's language is Korean, "en" otherwise. */
export function terminalLanguage(environment = process.env) {
  const set = environment.LC_ALL || environment.LC_MESSAGES || environment.LANG;
  // Windows sets none of these.
  return (set || Intl.DateTimeFormat().resolvedOptions().locale).toLowerCase().startsWith('ko') ? 'ko' : 'en';
}

/**
 * @param {string} key
 * @param {Record<string, string | number>} values
 */
export function say(key, values = {}, language = terminalLanguage()) {
  const sentence = sentences[key]?.[language];
  if (sentence === undefined) throw new Error(`no sentence "${key}"`);
  return sentence.replace(/\{\{(\w+)\}\}/g, (_, name) => String(values[name]));
}
