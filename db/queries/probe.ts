import type { Sql } from "@/db/client";

/**
 * Tries what storing scores needs: a primary, the right to write, and room on the disk. A sort that does not fit into its
 * memory takes a file of some hundred KiB for a moment; a row that is written anew would find room in its page. Leaves
 * nothing behind, and waits for no disk. Rejects with Postgres' reason.
 */
export async function probeDatabase(sqlClient: Sql): Promise<void> {
  await sqlClient.begin(async (tx) => {
    await Promise.all([
      tx`select set_config('synchronous_commit', 'off', true), set_config('work_mem', '64kB', true)`,
      tx`update installation set id = id`,
      tx`select n from generate_series(1, 10000) n order by md5(n::text) offset 9999`,
    ]);
  });
}
