/** The code themes: the site's own palette, by meaning, so that a colour says the same in code, in outputs and in figures. */
import type { ThemeRegistration } from 'shiki';
import type { Palette } from '../tokens.ts';

/**
 * A theme for Shiki and Expressive Code. Every foreground is a text colour of the palette, so the contrast test of the tokens covers code.
 *
 * @param type which of the two; also Expressive Code's switch, through `data-theme`
 */
export function codeTheme(type: 'light' | 'dark', palette: Palette): ThemeRegistration {
  const rule = (scope: string[], foreground: string, fontStyle = '') => ({
    scope,
    settings: { foreground, fontStyle },
  });
  return {
    name: `course-${type}`,
    type,
    colors: {
      'editor.background': palette['bg-soft'],
      'editor.foreground': palette.ink,
      'editorLineNumber.foreground': palette.muted,
      focusBorder: palette.process,
    },
    settings: [
      { settings: { background: palette['bg-soft'], foreground: palette.ink } },
      rule(['comment', 'punctuation.definition.comment', 'punctuation.mark'], palette.muted),
      rule(
        [
          'keyword',
          'storage',
          'keyword.control',
          'variable.language',
          'keyword.operator.new',
          'keyword.operator.expression',
        ],
        palette.kernel,
      ),
      rule(['keyword.operator', 'punctuation'], palette.muted),
      rule(['string', 'punctuation.definition.string', 'string.regexp'], palette.ok),
      rule(['constant.numeric', 'constant.language', 'constant.character.escape'], palette.limit),
      rule(['entity.name.function', 'support.function', 'meta.function-call entity.name.function'], palette.process),
      rule(['entity.name.type', 'entity.name.class', 'support.class', 'entity.name.tag'], palette.process),
      rule(['variable', 'variable.other', 'meta.object-literal.key', 'support.variable'], palette.ink),
      rule(['entity.other.attribute-name', 'support.type.property-name'], palette.kernel),
      rule(['invalid'], palette.fail),
      // Transcripts and expectations.
      rule(['entity.name.section.lab'], palette.kernel, 'bold'),
      rule(['entity.name.section.step'], palette.process, 'bold'),
      rule(['entity.name.function.command'], palette.process, 'bold'),
      rule(['variable.other.fact'], palette.muted),
      rule(['markup.inserted.passed', 'markup.inserted.exit'], palette.ok, 'bold'),
      rule(
        ['invalid.failed', 'invalid.exit', 'invalid.fatal', 'invalid.errno', 'invalid.forbidden'],
        palette.fail,
        'bold',
      ),
      rule(['comment.skipped', 'comment.number', 'comment.plan', 'comment.duration'], palette.muted),
      // What is free, within its bounds: the colour of limits, underlined so that it shows without colour.
      rule(['markup.free', 'storage.type.free', 'constant.bound.free'], palette.limit, 'underline'),
      rule(['keyword.operator.free', 'punctuation.free'], palette.limit),
      rule(['keyword.other.optional'], palette.process, 'bold'),
    ],
  };
}
