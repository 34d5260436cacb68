import type { SessionState as SessionView } from '../../../common/contract/office.ts';

type Appearance = SessionView['appearance'];
export type Resolved = { readonly theme: 'light' | 'dark'; readonly contrast: 'normal' | 'more' };

/** What the system asks for, followed while it changes. */
export class SystemLook {
  dark = $state(false);
  more = $state(false);

  follow(): () => void {
    const dark = matchMedia('(prefers-color-scheme: dark)');
    const more = matchMedia('(prefers-contrast: more)');
    const read = (): void => {
      this.dark = dark.matches;
      this.more = more.matches;
    };
    read();
    dark.addEventListener('change', read);
    more.addEventListener('change', read);
    return () => {
      dark.removeEventListener('change', read);
      more.removeEventListener('change', read);
    };
  }

  resolve(wish: Appearance): Resolved {
    const theme = wish.theme === 'system' ? (this.dark ? 'dark' : 'light') : wish.theme;
    const contrast = wish.contrast === 'system' ? (this.more ? 'more' : 'normal') : wish.contrast;
    return { theme, contrast };
  }
}

/** tokens.css reads these two attributes of the page. */
export function wear(look: Resolved): void {
  document.documentElement.dataset['theme'] = look.theme;
  if (look.contrast === 'more') document.documentElement.dataset['contrast'] = 'more';
  else delete document.documentElement.dataset['contrast'];
}
