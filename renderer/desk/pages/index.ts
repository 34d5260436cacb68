import type { Component } from 'svelte';
import type { Permission } from '../../../common/permissions.ts';
import { messages } from '../lib/messages/messages.ts';
import type { PageId } from '../lib/navigation.svelte.ts';
import type { IconName } from '../ui/icon-paths.ts';
import Activity from './Activity.svelte';
import Collect from './Collect.svelte';
import Customers from './Customers.svelte';
import Reports from './Reports.svelte';
import Settings from './Settings.svelte';
import Sync from './Sync.svelte';

/** A page brings its navigation entry, its Alt+number, its window title and who may see it. */
export type Page = {
  readonly id: PageId;
  readonly title: string;
  readonly icon: IconName;
  readonly component: Component;
  readonly permission: Permission;
  readonly group: 'main' | 'end';
};

const titles = messages.shell.pages;

/** In the order of the navigation. To add a page: its file, its id in `lib/navigation`, and a line here. */
export const PAGES: readonly Page[] = [
  {
    id: 'collect',
    title: titles.collect,
    icon: 'collect',
    component: Collect,
    permission: 'payments.take',
    group: 'main',
  },
  {
    id: 'activity',
    title: titles.activity,
    icon: 'activity',
    component: Activity,
    permission: 'payments.see',
    group: 'main',
  },
  {
    id: 'customers',
    title: titles.customers,
    icon: 'customers',
    component: Customers,
    permission: 'customers.see',
    group: 'main',
  },
  {
    id: 'reports',
    title: titles.reports,
    icon: 'reports',
    component: Reports,
    permission: 'reports.see',
    group: 'main',
  },
  { id: 'sync', title: titles.sync, icon: 'arrows', component: Sync, permission: 'sync.see', group: 'main' },
  {
    id: 'settings',
    title: titles.settings,
    icon: 'settings',
    component: Settings,
    permission: 'settings.manage',
    group: 'end',
  },
];
