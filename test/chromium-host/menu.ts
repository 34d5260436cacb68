/** `Menu`: kept as data, with working keyboard shortcuts; the preview draws no menu bar. */
import { app } from './app.ts';
import { BrowserWindow } from './browser-window.ts';

type ItemOptions = {
  label?: string;
  role?: string;
  type?: string;
  id?: string;
  accelerator?: string;
  enabled?: boolean;
  visible?: boolean;
  checked?: boolean;
  registerAccelerator?: boolean;
  click?: (item: MenuItem, window: BrowserWindow | undefined, event: object) => void;
  submenu?: ItemOptions[] | Menu;
};
type KeyInput = { key: string; code: string; shift: boolean; control: boolean; alt: boolean; meta: boolean };

export class MenuItem {
  readonly label: string;
  readonly role: string | undefined;
  readonly type: string;
  readonly id: string;
  readonly accelerator: string | undefined;
  readonly submenu: Menu | undefined;
  readonly click: () => void;
  enabled: boolean;
  visible: boolean;
  checked: boolean;

  constructor(options: ItemOptions) {
    this.label = options.label ?? options.role ?? '';
    this.role = options.role;
    this.type = options.type ?? (options.submenu ? 'submenu' : 'normal');
    this.id = options.id ?? '';
    this.accelerator = options.registerAccelerator === false ? undefined : options.accelerator;
    this.enabled = options.enabled !== false;
    this.visible = options.visible !== false;
    this.checked = options.checked === true;
    this.submenu = Array.isArray(options.submenu) ? Menu.buildFromTemplate(options.submenu) : options.submenu;
    this.click = () => {
      if (options.role === 'quit') app.quit();
      options.click?.(this, BrowserWindow.getFocusedWindow() ?? BrowserWindow.getAllWindows()[0], {});
    };
  }
}

/** Does a key press match an accelerator such as `CmdOrCtrl+Shift+K`? */
export function matchesAccelerator(accelerator: string, input: KeyInput): boolean {
  const names = accelerator.split('+').map(name => name.toLowerCase());
  const key = names.pop() ?? '';
  const commandOrControl = names.some(name => name === 'cmdorctrl' || name === 'commandorcontrol');
  const isMac = process.platform === 'darwin';
  const has = (...wanted: string[]) => names.some(name => wanted.includes(name));
  const wantsControl = has('ctrl', 'control') || (commandOrControl && !isMac);
  const wantsMeta = has('cmd', 'command', 'meta', 'super') || (commandOrControl && isMac);
  const spelled: Record<string, string> = {
    plus: '+',
    space: ' ',
    esc: 'escape',
    return: 'enter',
    up: 'arrowup',
    down: 'arrowdown',
  };
  return (
    input.control === wantsControl &&
    input.meta === wantsMeta &&
    input.alt === has('alt', 'option') &&
    input.shift === has('shift') &&
    input.key.toLowerCase() === (spelled[key] ?? key)
  );
}

export class Menu {
  static #application: Menu | null = null;
  readonly items: MenuItem[] = [];

  static buildFromTemplate(template: (ItemOptions | MenuItem)[]): Menu {
    const menu = new Menu();
    for (const item of template) menu.append(item instanceof MenuItem ? item : new MenuItem(item));
    return menu;
  }
  static setApplicationMenu(menu: Menu | null): void {
    Menu.#application = menu;
  }
  static getApplicationMenu(): Menu | null {
    return Menu.#application;
  }

  append(item: MenuItem): void {
    this.items.push(item);
  }
  getMenuItemById(id: string): MenuItem | null {
    return this.#all().find(item => item.id === id) ?? null;
  }
  popup(): void {}
  closePopup(): void {}

  /** Runs the item whose shortcut this is, if there is one. */
  press(input: KeyInput): void {
    const matches = (item: MenuItem) =>
      item.enabled && item.accelerator !== undefined && matchesAccelerator(item.accelerator, input);
    this.#all().find(matches)?.click();
  }
  #all(): MenuItem[] {
    return this.items.flatMap(item => [item, ...(item.submenu ? item.submenu.#all() : [])]);
  }
}

app.on(
  'web-contents-created',
  (_event: object, contents: { on: (name: string, listener: (input: KeyInput) => void) => void }) => {
    contents.on('host-key', input => Menu.getApplicationMenu()?.press(input));
  },
);
