import type { z } from 'zod';
import {
  attemptApproved,
  attemptCancelled,
  attemptCompleted,
  attemptDeclined,
  attemptRefused,
} from './attempt-ended.ts';
import {
  attemptCancelAsked,
  attemptClosedNotCharged,
  attemptFoundLater,
  attemptFoundSettled,
  attemptHandedOver,
  attemptLookedUp,
  duplicateAllowed,
} from './attempt-doubt.ts';
import { attemptNotSent, attemptSending, attemptUnknown } from './attempt-sending.ts';
import { attemptReady } from './attempt-ready.ts';
import { attemptStarted } from './attempt-started.ts';
import { copyFolderChanged, copyTested } from './copies.ts';
import { allocationMade, allocationReversed, paymentAssigned } from './allocation.ts';
import { customerAdded } from './customer-added.ts';
import { customerArchived, customerChanged } from './customer-changed.ts';
import { attemptDoubted, incarnationCaughtUp, incarnationStarted, paymentLost } from './incarnation.ts';
import { invoiceAdded, invoiceChanged, invoiceVoided } from './invoice.ts';
import { keyRecoveryRenewed, keyRecoveryUsed, keyRotated } from './key-changed.ts';
import {
  refundCompleted,
  refundNotSent,
  refundPending,
  refundRefused,
  refundRequested,
  refundSending,
  refundUnknown,
} from './refund.ts';
import { promiseEnded, promiseMade } from './promise.ts';
import { refundClosed, refundClosingReplaced, refundTakenBack } from './refund-closing.ts';
import { settingChanged } from './setting-changed.ts';
import { squarePaymentObserved } from './square-payment-observed.ts';
import { squareRefundObserved } from './square-refund-observed.ts';
import { staffAdded } from './staff-added.ts';
import { staffPasswordChanged, staffRemoved, staffRoleChanged } from './staff-changed.ts';
import { recordConfirmed, recordRefused, tenderRecorded } from './tender-recorded.ts';

/** Every type of fact. To add one: a file, and its line here. */
export const events = [
  staffAdded,
  staffRoleChanged,
  staffRemoved,
  staffPasswordChanged,
  keyRotated,
  keyRecoveryRenewed,
  keyRecoveryUsed,
  settingChanged,
  customerAdded,
  attemptStarted,
  attemptReady,
  attemptSending,
  attemptNotSent,
  attemptUnknown,
  attemptApproved,
  attemptCompleted,
  attemptDeclined,
  attemptRefused,
  attemptCancelled,
  attemptLookedUp,
  attemptCancelAsked,
  attemptClosedNotCharged,
  attemptHandedOver,
  attemptFoundLater,
  attemptFoundSettled,
  duplicateAllowed,
  tenderRecorded,
  recordConfirmed,
  recordRefused,
  squarePaymentObserved,
  incarnationStarted,
  incarnationCaughtUp,
  attemptDoubted,
  paymentLost,
  copyTested,
  copyFolderChanged,
  squareRefundObserved,
  customerChanged,
  customerArchived,
  invoiceAdded,
  invoiceChanged,
  invoiceVoided,
  allocationMade,
  allocationReversed,
  paymentAssigned,
  refundRequested,
  refundSending,
  refundNotSent,
  refundUnknown,
  refundPending,
  refundCompleted,
  refundRefused,
  promiseMade,
  promiseEnded,
  refundTakenBack,
  refundClosed,
  refundClosingReplaced,
] as const;

type Definition = (typeof events)[number];
export type FactType = Definition['type'];
type Last<List extends readonly unknown[]> = List extends readonly [...unknown[], infer End] ? End : never;
type SchemaOf<Type extends FactType> = Last<Extract<Definition, { type: Type }>['versions']>;

/** The body of a fact, at the newest version of its type. */
export type FactBody<Type extends FactType> = SchemaOf<Type> extends z.ZodType ? z.output<SchemaOf<Type>> : never;

/** What is thrown away and made again by a rebuild. Everything else in the file is not derived. */
export const PROJECTIONS = [
  'journal_subject',
  'posting',
  'person',
  'customer',
  'customer_search',
  'payment',
  'square_payment',
  'square_refund',
  'refund',
  'lost_payment',
  'setting',
  'invoice',
  'allocation',
  'planned_share',
  'unallocated',
  'promise',
] as const;
