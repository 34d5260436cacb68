import { csv } from './csv.ts';
import type { ExportFormat } from './export-format.ts';

/** Every export format; each writes every report. To add one: a file, and its line here. */
export const exportFormats = [csv] as const satisfies readonly ExportFormat[];

export function findFormat(id: string): ExportFormat | undefined {
  return exportFormats.find(format => format.id === id);
}
