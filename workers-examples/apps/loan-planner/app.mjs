/** Works out what a loan costs. */
import { File } from "floom";

/**
 * Works out the monthly payment and what the loan costs in all.
 *
 * @param {number} principal How much is borrowed
 * @param {integer} months Over how many months it is paid back
 * @param {number} [rate=4.5] Interest a year, in percent
 * @param {"end" | "begin"} [due="end"] Whether a month is paid at its end or at its begin
 * @returns {{monthly: number, interest: number, total: number}}
 */
export function payment(principal, months, rate = 4.5, due = "end") {
  // Paid at the begin, each payment saves a month of interest.
  const monthly = monthlyOf(principal, months, rate) / (due === "begin" ? 1 + rate / 1200 : 1);
  const total = monthly * months;
  return { monthly: round(monthly), interest: round(total - principal), total: round(total) };
}

/**
 * Writes down every month until the loan is paid back.
 *
 * @param {{principal: number, months: integer, rate?: number}} loan What is borrowed, for how long, at how many percent
 * @param {Date} [first] When the first payment is due; this month where it is left out
 * @returns {{schedule: File, payments: number, last: Date}}
 */
export default function plan(loan, first = undefined) {
  const { principal, months, rate = 4.5 } = loan;
  const begin = first ?? new Date();
  const monthly = monthlyOf(principal, months, rate);
  const lines = ["month,interest,repaid,left"];
  let left = principal;
  let due = begin;
  for (let month = 0; month < months; month++) {
    due = new Date(Date.UTC(begin.getUTCFullYear(), begin.getUTCMonth() + month, 1));
    const interest = (left * rate) / 1200;
    left = Math.max(0, left - (monthly - interest));
    lines.push(
      [due.toISOString().slice(0, 7), round(interest), round(monthly - interest), round(left)].join(","),
    );
  }
  const schedule = File.fromText(`${lines.join("\n")}\n`, "schedule.csv");
  return { schedule, payments: months, last: due };
}

function monthlyOf(principal, months, rate) {
  const share = rate / 1200;
  return share === 0 ? principal / months : (principal * share) / (1 - (1 + share) ** -months);
}

const round = (amount) => Math.round(amount * 100) / 100;
