import type { CallOutput } from '../../../../common/contract/index.ts';
import type { ReportInfo } from '../../../../common/contract/reports.ts';
import type { AppError } from '../../../../common/errors.ts';
import { isDay, type Day } from '../../../../common/time.ts';
import { asAppError, call } from '../../lib/api.svelte.ts';

export type ReportTable = CallOutput<'reports.run'>;
export type ExportFormat = CallOutput<'reports.list'>['formats'][number];
export type Exported = CallOutput<'reports.export'>;

/** Which report is chosen, what it covers, and its table. Everything about the reports comes from `reports.list`. */
export class ReportsState {
  reports: readonly ReportInfo[] = $state.raw([]);
  formats: readonly ExportFormat[] = $state.raw([]);
  listed = $state(false);
  chosen_id = $state('');
  parameters: Record<string, Day> = $state.raw({});
  table: ReportTable | null = $state.raw(null);
  running = $state(false);
  /** The format that is being written now. */
  exporting: string | null = $state(null);
  exported: Exported | null = $state.raw(null);
  failure: AppError | null = $state.raw(null);
  readonly chosen = $derived(this.reports.find(report => report.id === this.chosen_id) ?? null);

  private chosenDays: Readonly<Record<string, Day>> = {};
  private asked = 0;
  private readonly today: Day;

  constructor(today: Day) {
    this.today = today;
  }

  async list(): Promise<void> {
    try {
      const { reports, formats } = await call('reports.list', {});
      this.reports = reports;
      this.formats = formats;
      this.listed = true;
      const first = reports.find(report => report.group === 'today') ?? reports[0];
      if (first) this.choose(first.id);
    } catch (problem) {
      this.failure = asAppError(problem);
    }
  }

  /** Opens a report. Days that a person chose stay; the others start where people look first. */
  choose(report_id: string): void {
    const report = this.reports.find(candidate => candidate.id === report_id);
    if (!report) return;
    this.chosen_id = report_id;
    this.table = null;
    this.exported = null;
    this.parameters = Object.fromEntries(
      report.parameters.map(({ id }) => [id, this.chosenDays[id] ?? this.usualDay(report, id)]),
    );
    void this.run();
  }

  private usualDay(report: ReportInfo, parameter_id: string): Day {
    return parameter_id === 'from' && report.group === 'books' ? `${this.today.slice(0, 8)}01` : this.today;
  }

  cover(parameter_id: string, day: string): void {
    if (!isDay(day)) return;
    this.chosenDays = { ...this.chosenDays, [parameter_id]: day };
    this.parameters = { ...this.parameters, [parameter_id]: day };
    void this.run();
  }

  async run(): Promise<void> {
    const question = ++this.asked;
    this.running = true;
    this.exported = null;
    this.failure = null;
    try {
      const table = await call('reports.run', { report_id: this.chosen_id, parameters: this.parameters });
      if (question === this.asked) this.table = table;
    } catch (problem) {
      if (question !== this.asked) return;
      this.table = null;
      this.failure = asAppError(problem);
    } finally {
      if (question === this.asked) this.running = false;
    }
  }

  async write(format: string): Promise<void> {
    if (this.exporting !== null || this.chosen === null) return;
    this.exporting = format;
    this.exported = null;
    this.failure = null;
    try {
      const request = { report_id: this.chosen_id, parameters: this.parameters, format };
      this.exported = await call('reports.export', request);
    } catch (problem) {
      this.failure = asAppError(problem);
    } finally {
      this.exporting = null;
    }
  }
}
