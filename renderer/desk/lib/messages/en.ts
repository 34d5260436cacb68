import { collect } from './en-collect.ts';
import { errors } from './en-errors.ts';
import { enOffice } from './en-office.ts';
import { payments } from './en-payments.ts';
import { result } from './en-result.ts';
import { shell } from './en-shell.ts';

/** Every English text of the desk, by domain. Sentences with values are plain functions of written-out values. */
export const en = { shell, errors, payments, collect, result, ...enOffice };
