import { collect } from './en-collect.ts';
import { copies } from './en-copies.ts';
import { customers } from './en-customers.ts';
import { doubt } from './en-doubt.ts';
import { errors } from './en-errors.ts';
import { invoices } from './en-invoices.ts';
import { enOffice } from './en-office.ts';
import { payments } from './en-payments.ts';
import { promises } from './en-promises.ts';
import { refunds } from './en-refunds.ts';
import { result } from './en-result.ts';
import { shell } from './en-shell.ts';
import { staff } from './en-staff.ts';

/** Every English text of the desk, by domain. Sentences with values are plain functions of written-out values. */
export const en = {
  ...{ shell, errors, doubt, payments, collect, result, copies, customers, invoices, promises, refunds, staff },
  ...enOffice,
};
