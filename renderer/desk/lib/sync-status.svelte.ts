import { createContext } from 'svelte';
import type { SyncView } from '../../../common/contract/office.ts';
import { call, on } from './api.svelte.ts';

/** Whether the desk is online and what waits, for the frame around every page. Null until the first answer. */
export class SyncStatus {
  view: SyncView | null = $state.raw(null);
  readonly waiting = $derived(this.view === null ? 0 : this.view.queued.count + this.view.in_doubt.count);

  /** Asks now and after every `sync.changed` or `payments.changed`, until the returned function is called. */
  follow(): () => void {
    void this.refresh();
    const stops = [on('sync.changed', () => void this.refresh()), on('payments.changed', () => void this.refresh())];
    return () => stops.forEach(stop => stop());
  }

  async refresh(): Promise<void> {
    try {
      this.view = await call('sync.state', {});
    } catch {
      // What is shown stays as of its time; the next announcement asks again.
    }
  }
}

export const [getSyncStatus, setSyncStatus] = createContext<SyncStatus>();
