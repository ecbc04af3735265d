/**
 * Order-preserving text for a standing's place. Redis orders members with equal scores by their bytes, so the member
 * carries the board's whole order and every member has score 0:
 *
 *     column, column, ... (score first, 9 characters each), reached (9 characters), player id (UTF-8)
 *
 * Nine characters of a 64-letter alphabet in ASCII order hold 54 bits, enough for any safe integer with its sign, and for
 * the missing tiebreak behind the worst of them. Columns in descending order are complemented, so the best always comes
 * first. The columns alone are the prefix that tied players share, which makes a shared rank one ZLEXCOUNT.
 */
import type { Board, Order } from "@/lib/domain/board";
import { columnOrders, type Values } from "@/lib/domain/score";

const alphabet = "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";
const digitOf = new Map([...alphabet].map((letter, i) => [letter, i]));

export const columnWidth = 9;
const half = 2 ** 27;
const offset = 2 ** 53;

/** The columns and the reached number; the member without its player id. */
export function encodeOrderKey(orders: readonly Order[], values: Values, reached: number): string {
  let key = "";
  for (let i = 0; i < orders.length; i++) key += encodeColumn(values[i] ?? 0, orders[i] ?? "desc");
  return key + encodeWhole(reached);
}

export function decodeOrderKey(orders: readonly Order[], key: string): { values: number[]; reached: number } {
  const values = orders.map((order, i) => decodeColumn(key.slice(i * columnWidth, (i + 1) * columnWidth), order));
  return { values, reached: decodeWhole(key.slice(orders.length * columnWidth, (orders.length + 1) * columnWidth)) };
}

/** Bytes of the prefix that tied players share. */
export function columnsWidth(board: Pick<Board, "tiebreaks">): number {
  return columnWidth * (1 + board.tiebreaks.length);
}

/** Names all that decides how an index is built, the layout's own version first; one of another shape is of no use. */
export function indexShape(board: Pick<Board, "order" | "tiebreaks" | "rankStyle">): string {
  return `4 ${columnOrders(board).join(" ")}${board.rankStyle === "dense" ? ", groups" : ""}`;
}

/** Any whole number from 0 to 2^53 - 1 as nine characters in order. */
export function encodeWhole(value: number): string {
  return encodeHalves(Math.floor(value / half), value % half);
}

export function decodeWhole(text: string): number {
  const [high, low] = decodeHalves(text);
  return high * half + low;
}

/** A column is value + 2^53 - 1 (54 bits), split into halves because the sum is no longer a safe integer. */
function encodeColumn(value: number, order: Order): string {
  const signed = (order === "desc" ? -value : value) - 1;
  const high = Math.floor(signed / half);
  return encodeHalves(high + offset / half, signed - high * half);
}

function decodeColumn(text: string, order: Order): number {
  const [high, low] = decodeHalves(text);
  const signed = (high - offset / half) * half + low + 1;
  return order === "desc" ? 0 - signed : signed;
}

/** Both halves are below 2^27; the middle character takes bits of both. */
function encodeHalves(high: number, low: number): string {
  let text = "";
  for (let shift = 21; shift >= 3; shift -= 6) text += alphabet[(high >> shift) & 63];
  text += alphabet[((high & 7) << 3) | (low >> 24)];
  for (let shift = 18; shift >= 0; shift -= 6) text += alphabet[(low >> shift) & 63];
  return text;
}

function decodeHalves(text: string): [number, number] {
  const digit = (i: number) => digitOf.get(text[i] ?? "-") ?? 0;
  const high = (digit(0) << 21) | (digit(1) << 15) | (digit(2) << 9) | (digit(3) << 3) | (digit(4) >> 3);
  const low = ((digit(4) & 7) << 24) | (digit(5) << 18) | (digit(6) << 12) | (digit(7) << 6) | digit(8);
  return [high, low];
}
