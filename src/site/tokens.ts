/** Reads the colours of `src/styles/tokens.css`, for what cannot use CSS variables: the code themes, images, and the test of contrast. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const colourNames = ['bg', 'bg-soft', 'bg-sunken', 'ink', 'muted', 'hairline', 'control'] as const;
export const meaningNames = ['process', 'kernel', 'limit', 'fail', 'ok'] as const;

export type Meaning = (typeof meaningNames)[number];
export type ColourName = (typeof colourNames)[number] | Meaning | `${Meaning}-soft`;
export type Palette = Readonly<Record<ColourName, string>>;

const names: readonly ColourName[] = [
  ...colourNames,
  ...meaningNames.flatMap((name): ColourName[] => [name, `${name}-soft`]),
];

function paletteOf(block: string | undefined, theme: string): Palette {
  const found = new Map(
    [...(block ?? '').matchAll(/--([a-z-]+):\s*(#[0-9a-f]{6});/g)].map(([, name, hex]) => [name, hex]),
  );
  return Object.fromEntries(
    names.map((name) => {
      const hex = found.get(name);
      if (!hex) throw new Error(`tokens.css has no six-digit colour for --${name} in its ${theme} block`);
      return [name, hex];
    }),
  ) as Record<ColourName, string>;
}

/** The two palettes from the text of tokens.css: its first `:root` block is light, the `[data-theme='dark']` block is dark. Throws where a colour is missing. */
export function parseTokens(css: string): { light: Palette; dark: Palette } {
  return {
    light: paletteOf(/:root \{([^}]*)\}/.exec(css)?.[1], 'light'),
    dark: paletteOf(/:root\[data-theme=['"]dark['"]\] \{([^}]*)\}/.exec(css)?.[1], 'dark'),
  };
}

/** The two palettes of this site. `root` is the folder of the repository. */
export function readTokens(root = process.cwd()) {
  return parseTokens(readFileSync(join(root, 'src/styles/tokens.css'), 'utf8'));
}

/** Contrast of two `#rrggbb` colours, 1 to 21 (WCAG 2.2, "contrast ratio" and "relative luminance"). */
export function contrast(one: string, other: string): number {
  const luminance = (hex: string) => {
    const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
      const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
      return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [light = 1, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}
