import { addDays, isDay, type Day } from '../../../../common/time.ts';

const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

/**
 * The day that somebody means who types as little as they say: `15` is the next 15th, `fri` the next Friday, `+10` ten
 * days from today, and a whole date is itself. Today counts as next. Null for anything else, also for a 31st that the
 * coming months do not have.
 */
export function readPromiseDay(text: string, today: Day): Day | null {
  const typed = text.trim().toLowerCase();
  const isWhole: boolean = isDay(typed);
  if (isWhole) return typed;
  const ahead = /^\+(\d{1,3})$/.exec(typed);
  if (ahead) return addDays(today, Number(ahead[1]));
  const weekday = typed.length >= 2 ? WEEKDAYS.findIndex(name => name.startsWith(typed.slice(0, 3))) : -1;
  if (weekday >= 0) {
    const now = new Date(`${today}T00:00:00Z`).getUTCDay();
    return addDays(today, (weekday - now + 7) % 7);
  }
  return /^\d{1,2}$/.test(typed) ? nextOf(Number(typed), today) : null;
}

/** The next day with this number in its month, within two months. */
function nextOf(number: number, today: Day): Day | null {
  for (let ahead = 0; ahead < 62; ahead += 1) {
    const day = addDays(today, ahead);
    if (Number(day.slice(-2)) === number) return day;
  }
  return null;
}
