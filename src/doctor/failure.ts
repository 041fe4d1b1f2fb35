import { errorLine, FieldscoutError, isExpected } from '../errors.js';
import { type Finding, wrong } from './finding.js';

/** What an examination threw, as a finding. @throws what is a fault of the program */
export function failure(check: string, cause: string, error: unknown, remedy = 'See what the line says.'): Finding {
  if (!isExpected(error)) throw error;
  if (error instanceof FieldscoutError) return wrong(check, 'fail', cause, error.message, error.remedy);
  return wrong(check, 'fail', cause, errorLine(error), remedy);
}
