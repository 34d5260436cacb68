import type { CardClassSelectors } from '@square/web-sdk';
import type { Theme } from './bridge.ts';

/** Puts a theme on this page, so that the tokens mean what they mean on the desk. */
export function applyTheme({ theme, contrast }: Theme): void {
  document.documentElement.dataset['theme'] = theme;
  document.documentElement.dataset['contrast'] = contrast;
}

/**
 * The tokens as Square's fields need them: values, because no stylesheet of ours reaches into its frames. Square takes
 * few properties and no text above 16 px.
 */
export function cardStyle(): CardClassSelectors {
  const text = tokenColor('--text-1');
  const faint = tokenColor('--text-3');
  const danger = tokenColor('--danger-text');
  return {
    input: {
      backgroundColor: tokenColor('--surface-1'),
      color: text,
      fontFamily: 'Segoe UI, Arial, sans-serif',
      fontSize: '16px',
      fontWeight: '400',
    },
    'input.is-focus': { color: text },
    'input::placeholder': { color: faint },
    'input.is-focus::placeholder': { color: faint },
    'input.is-error': { color: danger },
    'input.is-error::placeholder': { color: danger },
    '.input-container': { borderColor: tokenColor('--line-control'), borderRadius: '8px', borderWidth: '1px' },
    '.input-container.is-focus': { borderColor: tokenColor('--focus'), borderWidth: '2px' },
    '.input-container.is-error': { borderColor: tokenColor('--danger-mark'), borderWidth: '1px' },
    '.message-text': { color: faint },
    '.message-icon': { color: faint },
    '.message-text.is-error': { color: danger },
    '.message-icon.is-error': { color: danger },
  };
}

/** A token's colour under the theme of this moment. Only a painted element resolves light-dark() and var(). */
function tokenColor(token: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${token})`;
  document.body.append(probe);
  const color = getComputedStyle(probe).color;
  probe.remove();
  return hexOf(color);
}

/** `rgb(21, 24, 29)` as six hexadecimal digits, the form in which Square documents colours. */
function hexOf(color: string): string {
  const channels = (color.match(/\d+/g) ?? []).slice(0, 3);
  return `#${channels.map(channel => Number(channel).toString(16).padStart(2, '0')).join('')}`;
}
