import { ROLES, type Role } from '../../../common/permissions.ts';
import { makeFakeDesk } from './fake-desk.ts';
import { situationOf } from './situations.ts';

/**
 * The desk page on a fake bridge: `?situation=offline&theme=dark&contrast=more&role=clerk`. The app itself is the real
 * one, loaded after the bridge is in its place.
 */
const query = new URLSearchParams(location.search);
const theme = query.get('theme');
const role = ROLES.find(candidate => candidate === query.get('role')) ?? ('owner' satisfies Role);
const desk = makeFakeDesk({
  situation: situationOf(query.get('situation')),
  theme: theme === 'dark' || theme === 'light' ? theme : 'system',
  contrast: query.get('contrast') === 'more' ? 'more' : 'system',
  role,
});
Object.defineProperty(window, 'desk', { value: desk });
await import('../../../renderer/desk/main.ts');
