/** What the style guide rules out, and what to write instead, for every text that a reader sees. */
import type { Language } from '../../src/site/locales.ts';

export const forbidden: Record<Language, [RegExp, string][]> = {
  ko: [
    [/당신/, '"우리", or no subject'],
    [/최신/, 'name the version'],
    [/메쉬/, '메시'],
    [/아키텍쳐/, '아키텍처'],
    [/페이징 (?:교체|알고리즘)/, '페이지 교체'],
    [/트레이드 오프/, '트레이드오프'],
    [/쉘/, '셸'],
    [/쓰레드/, '스레드'],
    [/어플리케이션|애플리케이숀|어플(?=[은는이가을를 ])/, '애플리케이션'],
    [/디렉토리/, '디렉터리'],
    [/메세지/, '메시지'],
    [/캐쉬/, '캐시'],
    [/컨텐[츠트]/, '콘텐츠'],
    [/라이센[스싱]/, '라이선스'],
    [/플랫홈/, '플랫폼'],
    [/레지스터리|레지스트리즈/, '레지스트리'],
    [/라이브네스|레디네스/, '라이브니스, 레디니스'],
    [/(?:쿠버|큐버)네티즈|쿠버네티스즈/, '쿠버네티스'],
    [/되어지|되어져|보여지/, 'the active, or 되다'],
    [/에 대해서(?!는)/, '을/를, or 의'],
    [/!{2,}|！/, 'no exclamation chains'],
    [/\p{Emoji_Presentation}|\uFE0F/u, 'no emoji'],
  ],
  en: [
    // `:latest` in code is the name of a tag, not a claim.
    [/(?<![:`])\blatest\b/i, 'name the version'],
    [/\b(?:simply|obviously|just (?:do|run|type))\b/i, 'it may not be simple for the reader'],
    [/\butili[sz]e/i, 'use'],
    [/!{2,}/, 'no exclamation chains'],
    [/\p{Emoji_Presentation}|\uFE0F/u, 'no emoji'],
  ],
};

/** What of the guide a text breaks: '"메쉬": 메시'. Addresses do not count: pages of others are called as they are. */
export function broken(text: string, language: Language): string[] {
  const own = text.replace(/https?:\/\/[^\s)"'\]]+/g, '');
  return forbidden[language].flatMap(([pattern, instead]) => {
    const match = pattern.exec(own)?.[0];
    return match ? [`"${match}": ${instead}`] : [];
  });
}
