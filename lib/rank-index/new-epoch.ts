import { randomInt } from "node:crypto";

const letters = "abcdefghijklmnopqrstuvwxyz0123456789";

/** Eight letters and digits, never the same again in practice: an epoch names one run of versions. */
export function newEpoch(): string {
  return Array.from({ length: 8 }, () => letters[randomInt(letters.length)]).join("");
}
