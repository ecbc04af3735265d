import { createHash } from "node:crypto";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { readBackup } from "@/lib/backup/read-backup";
import { writeWholeFile } from "@/lib/backup/whole-file";
import { tempFolder } from "@/tests/support/temp-folder";

const header = {
  format: "rungs-backup",
  version: 1,
  createdAt: "2026-01-31T00:00:00.000Z",
  rungs: "0.1.0",
  schema: "0007_x",
  postgres: 180_004,
  installation: "abc",
  tables: [
    { name: "boards", columns: ["uid", "name"] },
    { name: "api_keys", columns: ["id"] },
  ],
};
const rows = { boards: "1\ta\\\\.\n2\t\\.b\n", api_keys: "" };
const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

function backup({ head = {}, more = "" }: { head?: object; more?: string } = {}): string {
  const body = `${JSON.stringify({ ...header, ...head })}\n${rows.boards}\\.\n${rows.api_keys}\\.\n`;
  const tables = [
    { name: "boards", rows: 2, sha256: sha256(rows.boards) },
    { name: "api_keys", rows: 0, sha256: sha256("") },
  ];
  return `${body}${JSON.stringify({ tables, sha256: sha256(body) })}\n${more}`;
}

async function read(content: Buffer) {
  const path = join(await tempFolder(), "file");
  await writeFile(path, content);
  const found: Record<string, string> = {};
  await readBackup(path, {
    async rows({ name }, pieces) {
      for await (const piece of pieces) found[name] = (found[name] ?? "") + piece;
    },
  });
  return found;
}

test("rows come as they were written, also those that look like an end", async () => {
  expect(await read(gzipSync(backup()))).toEqual({ boards: rows.boards });
});

test("no truncated or altered file is read to its end without a refusal", async () => {
  const whole = gzipSync(backup());
  for (let at = 0; at < whole.length; at += 9) {
    await expect(read(whole.subarray(0, at))).rejects.toMatchObject({ name: "BackupFileError" });
  }
  const text = Buffer.from(backup());
  for (let at = 0; at < text.length; at += 5) {
    const altered = Buffer.from(text);
    altered[at] = (altered[at] ?? 0) ^ 0x01;
    await expect(read(gzipSync(altered))).rejects.toMatchObject({ name: "BackupFileError" });
  }
});

const foreign: [what: string, content: Buffer, message: RegExp][] = [
  ["another kind of file", Buffer.from("no gzip at all"), /not made by `rungs backup`/],
  ["another gzip", gzipSync("{}\n"), /not made by `rungs backup`/],
  ["a later format", gzipSync(backup({ head: { version: 2 } })), /format 2, this Rungs reads 1/],
  ["a table that is none", gzipSync(backup({ head: { tables: [{ name: "pg_authid", columns: ["a"] }] } })), /header/],
  ["a column that is no name", gzipSync(backup({ head: { tables: [{ name: "boards", columns: ['a"'] }] } })), /header/],
  ["something after the end", gzipSync(backup({ more: "x" })), /follows its end/],
  ["an endless line", gzipSync(Buffer.alloc(100_000, "x")), /line is too long/],
];

test.each(foreign)("%s is refused in words", async (_what, content, message) => {
  await expect(read(content)).rejects.toMatchObject({
    name: "BackupFileError",
    message: expect.stringMatching(message),
  });
});

test("a file is written whole, for its owner only, and never over another; a failed one leaves nothing", async () => {
  const folder = await tempFolder();
  const path = join(folder, "x.backup");
  const write = (output: NodeJS.WritableStream) => new Promise<void>((resolve) => output.end("all of it", resolve));
  await expect(writeWholeFile(path, () => Promise.reject(new Error("cut off")))).rejects.toThrow("cut off");
  await writeWholeFile(path, write);
  expect(await readFile(path, "utf8")).toBe("all of it");
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  await expect(writeWholeFile(path, write)).rejects.toMatchObject({ code: "EEXIST" });
});
