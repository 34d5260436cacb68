/** The signs of the app, by what they mean. */
export type MarkName = 'in' | 'wait' | 'doubt' | 'held' | 'stop' | 'back' | 'free' | 'note' | 'next';

/** One line of a story. */
export type TimelineRow = {
  readonly id: string | number;
  readonly mark: MarkName;
  readonly text: string;
  /** Already written: `10:42:31 AM`. */
  readonly time: string;
  readonly hint?: string | undefined;
  /** Still to come: dashed. */
  readonly next?: boolean;
};
