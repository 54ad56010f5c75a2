// Options of Expressive Code. They stand here and not in astro.config.mjs because there <Code> cannot load them ("not serializable").
import { defineEcConfig } from '@astrojs/starlight/expressive-code';
import { expectation, transcript } from './src/site/grammars/grammars.ts';
import { codeTheme } from './src/site/grammars/themes.ts';
import { readTokens } from './src/site/tokens.ts';

const { light, dark } = readTokens();

export default defineEcConfig({
  themes: [codeTheme('dark', dark), codeTheme('light', light)],
  // The themes carry our own measured colours; nothing should bend them.
  minSyntaxHighlightingColorContrast: 0,
  shiki: {
    langs: [transcript, expectation],
    // In "bash" and its like, Expressive Code takes <…> for a placeholder, and with it the start of a here-document up to the next ">".
    langAlias: { script: 'bash' },
  },
  // Long lines scroll, unless a block asks for `wrap`. A line that wraps keeps its indentation.
  defaultProps: { preserveIndent: true },
  styleOverrides: {
    borderRadius: 'var(--radius)',
    borderColor: 'var(--hairline)',
    codeBackground: 'var(--bg-soft)',
    codeForeground: 'var(--ink)',
    // Room for a call-out's number beside a line that is not indented.
    codePaddingInline: '1.5rem',
    codeLineHeight: '1.6',
    codeSelectionBackground: 'color-mix(in srgb, var(--process) 25%, transparent)',
    focusBorder: 'var(--process)',
    uiFontSize: 'var(--text-sm)',
    scrollbarThumbColor: 'color-mix(in srgb, var(--control) 60%, transparent)',
    scrollbarThumbHoverColor: 'var(--control)',
    uiSelectionBackground: 'color-mix(in srgb, var(--process) 25%, transparent)',
    uiSelectionForeground: 'var(--ink)',
    gutterHighlightForeground: 'var(--ink)',
    gutterForeground: 'var(--muted)',
    gutterBorderColor: 'var(--hairline)',
    textMarkers: {
      lineMarkerLabelColor: 'var(--bg)',
      markBackground: 'var(--process-soft)',
      markBorderColor: 'var(--process)',
      insBackground: 'var(--ok-soft)',
      insBorderColor: 'var(--ok)',
      insDiffIndicatorColor: 'var(--ok)',
      delBackground: 'var(--fail-soft)',
      delBorderColor: 'var(--fail)',
      delDiffIndicatorColor: 'var(--fail)',
    },
    frames: {
      frameBoxShadowCssValue: 'none',
      editorBackground: 'var(--bg-soft)',
      terminalBackground: 'var(--bg-soft)',
      editorTabBarBackground: 'var(--bg)',
      editorTabBarBorderColor: 'var(--hairline)',
      editorTabBarBorderBottomColor: 'var(--hairline)',
      editorActiveTabBackground: 'var(--bg-soft)',
      editorActiveTabForeground: 'var(--ink)',
      editorActiveTabBorderColor: 'var(--hairline)',
      editorActiveTabIndicatorTopColor: 'transparent',
      editorActiveTabIndicatorBottomColor: 'var(--bg-soft)',
      terminalTitlebarBackground: 'var(--bg)',
      terminalTitlebarForeground: 'var(--muted)',
      terminalTitlebarBorderBottomColor: 'var(--hairline)',
      terminalTitlebarDotsForeground: 'var(--control)',
      terminalTitlebarDotsOpacity: '0',
      inlineButtonForeground: 'var(--ink)',
      inlineButtonBackground: 'var(--bg-sunken)',
      inlineButtonBorder: 'var(--control)',
      inlineButtonBackgroundIdleOpacity: '1',
      inlineButtonBackgroundHoverOrFocusOpacity: '1',
      inlineButtonBackgroundActiveOpacity: '1',
      tooltipSuccessBackground: 'var(--ok)',
      tooltipSuccessForeground: 'var(--bg)',
    },
  },
});
