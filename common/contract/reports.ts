import { z } from 'zod';
import { amount, day, nothing } from './shapes.ts';

/** A report's parameters are a flat list of known kinds; the schema and the form both come from it. */
export const reportParameter = z.strictObject({ id: z.string(), kind: z.enum(['day']), label: z.string() });
export const reportInfo = z.strictObject({
  id: z.string(),
  title: z.string(),
  explains: z.string(),
  group: z.enum(['today', 'books']),
  parameters: z.array(reportParameter),
});
export type ReportInfo = z.infer<typeof reportInfo>;

const cell = z.union([z.string(), z.number(), amount, z.null()]);
export const tableShape = z.strictObject({
  title: z.string(),
  columns: z.array(
    z.strictObject({ key: z.string(), label: z.string(), kind: z.enum(['text', 'number', 'money', 'day', 'time']) }),
  ),
  rows: z.array(z.record(z.string(), cell)),
  totals: z.record(z.string(), cell).nullable(),
});

const reportRequest = { report_id: z.string().max(60), parameters: z.record(z.string(), day) };

export const reportCalls = {
  'reports.list': {
    may: 'reports.see',
    input: nothing,
    output: z.strictObject({
      reports: z.array(reportInfo),
      formats: z.array(z.strictObject({ id: z.string(), label: z.string() })),
    }),
  },
  'reports.run': { may: 'reports.see', input: z.strictObject(reportRequest), output: tableShape },
  /** Writes a file where the person chooses; `path` is null when they changed their mind. */
  'reports.export': {
    may: 'reports.export',
    input: z.strictObject({ ...reportRequest, format: z.string().max(20) }),
    output: z.strictObject({ path: z.string().nullable(), rows: z.int() }),
  },
} as const;
