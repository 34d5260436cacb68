/**
 * What a native surface shows before its page has painted. The values are those of `--surface-0` (the window) and
 * `--surface-2` (the card fields) in the tokens, written as `rgb()` because no stylesheet reaches a native surface;
 * a test compares them with the tokens.
 */
export type Theme = { theme: 'light' | 'dark'; contrast: 'normal' | 'more' };

const WINDOW_COLORS = {
  light: { normal: 'rgb(244, 246, 248)', more: 'rgb(255, 255, 255)' },
  dark: { normal: 'rgb(16, 19, 23)', more: 'rgb(0, 0, 0)' },
};

const FIELD_COLORS = {
  light: { normal: 'rgb(250, 251, 252)', more: 'rgb(255, 255, 255)' },
  dark: { normal: 'rgb(27, 30, 36)', more: 'rgb(0, 0, 0)' },
};

export function windowColor(theme: Theme): string {
  return WINDOW_COLORS[theme.theme][theme.contrast];
}

export function fieldColor(theme: Theme): string {
  return FIELD_COLORS[theme.theme][theme.contrast];
}
