import { byTender } from './by-tender.ts';
import { payments } from './payments.ts';
import { refunds } from './refunds.ts';
import type { Report } from './report.ts';

/** Every report. To add one: a file, and its line here. */
export const reports = [byTender, payments, refunds] as const satisfies readonly Report[];

export function findReport(id: string): Report | undefined {
  return reports.find(report => report.id === id);
}
