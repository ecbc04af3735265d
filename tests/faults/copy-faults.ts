/** A second installation on a copy of the database, as staging is made from production, with the same Redis. */
import { setTimeout as wait } from "node:timers/promises";
import { createHttpClient } from "@/tests/support/http-client";
import { runBoards } from "./boards";
import type { Fault } from "./fault";

const postEveryMs = 100;

export const copyFaults: readonly Fault[] = [
  {
    name: "database copied",
    what: "another instance on a copy of the database uses the same Redis and takes scores of its own",
    async inject({ stores, cluster, log, random, newItem, felt }) {
      const copy = await log.over(() => stores.copyBeside(cluster.databaseUrl));
      const instance = await cluster.startBeside(copy.url);
      const http = createHttpClient(instance.port);
      let over = false;
      let count = 0;
      const posting = (async () => {
        while (!over) {
          const board = random.pick(runBoards);
          const headers = { authorization: cluster.authorization, "content-type": "application/json" };
          const body = JSON.stringify({ scores: [newItem(board)] });
          const path = `/api/v1/boards/${board.id}/scores`;
          const reply = await http.send({ method: "POST", path, headers, body }).catch(() => undefined);
          if (reply?.status === 200) count++;
          await wait(postEveryMs);
        }
      })();
      return async () => {
        over = true;
        await posting;
        http.close();
        await instance.kill();
        await copy.drop();
        felt(count);
      };
    },
  },
];
