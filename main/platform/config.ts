import Store from 'electron-store';

/** What this computer remembers about the window and nothing else: no money, no names, no secrets. */
export type DeskConfig = {
  mode: 'training' | 'live' | null;
  theme: 'system' | 'light' | 'dark';
  contrast: 'system' | 'normal' | 'more';
  bounds: { x: number; y: number; width: number; height: number } | null;
};

export type ConfigStore = {
  get<Name extends keyof DeskConfig>(name: Name): DeskConfig[Name];
  set<Name extends keyof DeskConfig>(name: Name, value: DeskConfig[Name]): void;
};

const DEFAULTS: DeskConfig = { mode: null, theme: 'system', contrast: 'system', bounds: null };

export function openConfig(folder: string): ConfigStore {
  const store = new Store<DeskConfig>({
    cwd: folder,
    name: 'desk',
    defaults: DEFAULTS,
    // A file that no longer parses holds nothing worth stopping for: the window opens with the defaults.
    clearInvalidConfig: true,
  });
  return {
    get: name => store.get(name),
    set: (name, value) => store.set({ [name]: value } as Partial<DeskConfig>),
  };
}
